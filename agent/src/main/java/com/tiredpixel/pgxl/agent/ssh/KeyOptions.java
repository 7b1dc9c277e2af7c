package com.tiredpixel.pgxl.agent.ssh;

import java.net.InetAddress;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;

/**
 * What a line of {@code authorized_keys} allows the holder of its key, see AUTHORIZED_KEYS FILE FORMAT in
 * sshd(8). Forwarding is off for everybody, so options about it are accepted and change nothing; so are those that OpenSSH
 * takes and that say nothing of an ordinary key, or that it ignores unless it is told otherwise. An option that is not known
 * may be a restriction that is not enforced, so it refuses the key.
 *
 * @param command what runs in place of anything the client asks for
 * @param from where the client has to come from
 * @param expires when the key stops working
 * @param terminal whether a terminal may be had
 */
record KeyOptions(
        Optional<String> command, Optional<SourcePatterns> from, Optional<Instant> expires, boolean terminal) {

    static final KeyOptions NONE = new KeyOptions(Optional.empty(), Optional.empty(), Optional.empty(), true);

    /**
     * @param text the options of a line, without surrounding space
     * @throws IllegalArgumentException if an option is not known, is given twice, or has no valid value; the
     *     message is a lower-case phrase
     */
    static KeyOptions parse(String text) {
        var parser = new Parser(text);
        String command = null;
        SourcePatterns from = null;
        Instant expires = null;
        boolean terminal = true;
        do {
            String name = parser.name();
            switch (name) {
                case "restrict", "no-pty" -> terminal = false;
                case "pty" -> terminal = true;
                case "no-port-forwarding", "no-agent-forwarding", "no-x11-forwarding", "no-user-rc",
                        "port-forwarding", "agent-forwarding", "x11-forwarding", "user-rc" -> {
                    // Neither forwarding nor ~/.ssh/rc exists here.
                }
                case "permitopen", "permitlisten", "tunnel" -> parser.value(name);
                case "no-touch-required", "verify-required" -> {
                    // Of keys on a token, which log in nowhere here.
                }
                // Of certificates, which log in nowhere here.
                case "principals" -> parser.value(name);
                // PermitUserEnvironment is off in OpenSSH.
                case "environment" -> environment(parser.value(name));
                case "command" -> command = once(name, command, parser.value(name));
                case "from" -> from = once(name, from, SourcePatterns.parse(parser.value(name)));
                case "expiry-time" -> {
                    Instant time = time(parser.value(name));
                    expires = expires == null || time.isBefore(expires) ? time : expires;
                }
                default -> throw new IllegalArgumentException("option " + name + " is not supported");
            }
        } while (parser.next());
        return new KeyOptions(
                Optional.ofNullable(command), Optional.ofNullable(from), Optional.ofNullable(expires), terminal);
    }

    private static void environment(String text) {
        if (!text.matches("(?s)[A-Za-z0-9_]+=.*")) {
            throw new IllegalArgumentException("no variable: " + text);
        }
    }

    private static <T> T once(String name, T before, T now) {
        if (before != null) {
            throw new IllegalArgumentException("option " + name + " is given twice");
        }
        return now;
    }

    /** {@code YYYYMMDD[HHMM[SS]]}, local time, or UTC with a {@code Z} behind it. */
    private static Instant time(String text) {
        boolean utc = text.endsWith("Z") || text.endsWith("z");
        String digits = utc ? text.substring(0, text.length() - 1) : text;
        if (!digits.matches("[0-9]{8}([0-9]{4}([0-9]{2})?)?")) {
            throw new IllegalArgumentException("no time: " + text);
        }
        var format = new DateTimeFormatterBuilder()
                .appendValue(ChronoField.YEAR, 4)
                .appendPattern("MMddHHmmss")
                .toFormatter(Locale.ROOT);
        try {
            LocalDateTime local = LocalDateTime.parse((digits + "000000").substring(0, 14), format);
            return local.atZone(utc ? ZoneOffset.UTC : ZoneId.systemDefault()).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("no time: " + text, e);
        }
    }

    /** @return why the key may not be used now from there, or empty if it may */
    Optional<String> refusal(InetAddress address, Instant now) {
        if (expires.isPresent() && !now.isBefore(expires.get())) {
            return Optional.of("the key expired at " + expires.get());
        }
        if (from.isPresent() && !from.get().allow(address)) {
            return Optional.of("the key may not be used from this address");
        }
        return Optional.empty();
    }

    /** Walks along {@code name="value",name,…}; within quotes only {@code \"} is special. */
    private static final class Parser {
        private final String text;
        private int position;

        Parser(String text) {
            this.text = text;
        }

        String name() {
            int start = position;
            while (position < text.length() && text.charAt(position) != '=' && text.charAt(position) != ',') {
                position++;
            }
            if (position == start) {
                throw new IllegalArgumentException("an empty option");
            }
            return text.substring(start, position).toLowerCase(Locale.ROOT);
        }

        String value(String name) {
            if (!text.startsWith("=\"", position)) {
                throw new IllegalArgumentException("option " + name + " has no value in quotes");
            }
            var value = new StringBuilder();
            for (position += 2; position < text.length(); position++) {
                char c = text.charAt(position);
                if (c == '\\' && text.startsWith("\"", position + 1)) {
                    value.append('"');
                    position++;
                } else if (c == '"') {
                    position++;
                    return value.toString();
                } else {
                    value.append(c);
                }
            }
            throw new IllegalArgumentException("option " + name + " has no closing quote");
        }

        boolean next() {
            if (position == text.length()) {
                return false;
            }
            if (text.charAt(position) != ',') {
                throw new IllegalArgumentException("no comma after an option");
            }
            position++;
            return true;
        }
    }
}
