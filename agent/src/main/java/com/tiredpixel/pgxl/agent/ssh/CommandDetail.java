package com.tiredpixel.pgxl.agent.ssh;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much of a command line the audit shows. Command lines are full of secrets, as in {@code PGPASSWORD=… psql}, and logs are
 * read by many. There is no digest of what is hidden: whoever reads one can try passwords on it.
 */
public enum CommandDetail {
    /** All of it, up to {@link #LONGEST} characters; of a longer one a digest too. */
    FULL {
        @Override
        String of(String line) {
            return line.length() <= LONGEST
                    ? Text.quoted(line, LONGEST)
                    : Text.quoted(line, LONGEST) + ", SHA-256 " + digest(line);
        }
    },

    /** The program, and how long the whole line is. */
    COMMAND {
        @Override
        String of(String line) {
            Matcher program = PROGRAM.matcher(line).region(0, Math.min(line.length(), FAR));
            if (!program.find()) {
                return "a command of " + line.length() + " characters";
            }
            return program.end() == line.length() && program.start(1) == 0
                    ? '"' + line + '"'
                    : '"' + program.group(1) + " …\", " + line.length() + " characters";
        }
    },

    /** Only that there was one. */
    NONE {
        @Override
        String of(String line) {
            return "a command";
        }
    };

    private static final int LONGEST = 500;
    /** Where the program has to begin: what looks for it needs stack for each word before. */
    private static final int FAR = 400;
    /** After assignments, and only if it is a plain word: {@code $(curl …)} is none. */
    private static final Pattern PROGRAM = Pattern.compile(
            "\\A(?:[A-Za-z_][A-Za-z0-9_]*=(?:'[^']*'|[^\\s'\"\\\\$`;&|<>()]+)\\s+)*+([A-Za-z0-9_./+-]{1,64})(?=\\s|\\z)");

    /** @param name {@code full}, {@code command} or {@code none} */
    public static CommandDetail named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** @return what the audit says in place of a command line; nothing in it can be taken for the end of it */
    abstract String of(String line);

    private static String digest(String line) {
        try {
            return HexFormat.of().formatHex(
                    MessageDigest.getInstance("SHA-256").digest(line.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
