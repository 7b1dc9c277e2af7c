package com.tiredpixel.pgxl.agent.ssh;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The lines of an {@code authorized_keys} file: {@code [options] type base64 [comment]}. Keys are compared as
 * bytes, so nothing of what is in them is interpreted here.
 */
final class AuthorizedKeys {
    /** The longest line that is looked at: an RSA key of 16384 bits takes 2.8 KB, options may take some more. */
    static final int LONGEST_LINE = 16 * 1024;
    /** A type that is not one of these is refused at a line that would otherwise match. */
    static final Set<String> TYPES = Set.of(
            "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa");

    private final String content;

    AuthorizedKeys(String content) {
        this.content = content;
    }

    /**
     * A line that has the key.
     *
     * @param number of the line, from 1
     * @param options empty if they cannot be obeyed
     * @param problem why not
     */
    record Match(int number, Optional<KeyOptions> options, String problem) {
    }

    /**
     * Tells of every line that has the key, in their order; the first whose options allow it decides.
     *
     * @param blob the key as RFC 4253, section 6.6, encodes it
     */
    void find(byte[] blob, Consumer<Match> matches) {
        int number = 0;
        for (String line : content.split("\n", -1)) {
            number++;
            if (line.length() <= LONGEST_LINE) {
                Match match = match(number, line.strip(), blob);
                if (match != null) {
                    matches.accept(match);
                }
            }
        }
    }

    private static Match match(int number, String line, byte[] blob) {
        if (line.isEmpty() || line.charAt(0) == '#') {
            return null;
        }
        if (isKey(line, blob)) {
            return new Match(number, Optional.of(KeyOptions.NONE), "");
        }
        int end = endOfOptions(line);
        if (end < 0 || !isKey(line.substring(end).strip(), blob)) {
            return null;
        }
        try {
            return new Match(number, Optional.of(KeyOptions.parse(line.substring(0, end))), "");
        } catch (IllegalArgumentException e) {
            return new Match(number, Optional.empty(), e.getMessage());
        }
    }

    /** @return the first space outside quotes, or -1 if there is none or a quote stays open */
    private static int endOfOptions(String line) {
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && line.startsWith("\"", i + 1)) {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == ' ' || c == '\t')) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isKey(String text, byte[] blob) {
        String[] words = text.split("[ \t]+", 3);
        if (words.length < 2 || !TYPES.contains(words[0])) {
            return false;
        }
        byte[] decoded;
        try {
            decoded = Base64.getDecoder().decode(words[1]);
        } catch (IllegalArgumentException e) {
            return false;
        }
        return Arrays.equals(decoded, blob) && words[0].equals(typeOf(blob));
    }

    /** @return the name with which a key blob begins, or empty if it has none */
    static String typeOf(byte[] blob) {
        if (blob.length < Integer.BYTES) {
            return "";
        }
        int length = ByteBuffer.wrap(blob).getInt();
        if (length < 1 || length > blob.length - Integer.BYTES) {
            return "";
        }
        return new String(blob, Integer.BYTES, length, StandardCharsets.US_ASCII);
    }
}
