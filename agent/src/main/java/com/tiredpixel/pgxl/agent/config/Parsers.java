package com.tiredpixel.pgxl.agent.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From the text of a variable to a value, or to nothing. No parser throws. */
final class Parsers {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|min|h)?");
    private static final Pattern USER = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");
    private static final Pattern OCTET = Pattern.compile("0|[1-9][0-9]{0,2}");
    private static final int MAXIMUM_PATH = 1023; // MAXPGPATH of PostgreSQL is 1024, with the NUL

    private Parsers() {
    }

    /** A whole number within bounds, both included. */
    static Function<String, Optional<Integer>> integer(int least, int most) {
        return text -> {
            if (!text.matches("[0-9]{1,9}")) {
                return Optional.empty();
            }
            int value = Integer.parseInt(text);
            return value < least || value > most ? Optional.empty() : Optional.of(value);
        };
    }

    /** {@code 9}, {@code 9s}, {@code 1500ms}, {@code 5min} or {@code 1h}, within bounds, both included. */
    static Function<String, Optional<Duration>> duration(Duration least, Duration most) {
        return text -> {
            Matcher matcher = DURATION.matcher(text);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            long number = Long.parseLong(matcher.group(1));
            String unit = matcher.group(2) == null ? "s" : matcher.group(2);
            Duration value = switch (unit) {
                case "ms" -> Duration.ofMillis(number);
                case "min" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofSeconds(number);
            };
            return value.compareTo(least) < 0 || value.compareTo(most) > 0
                    ? Optional.empty()
                    : Optional.of(value);
        };
    }

    /** An absolute path without {@code .} and {@code ..}, and not the root: a volume is scanned below it. */
    static Optional<Path> directory(String text) {
        // A colon would end an entry of PATH, and no control character survives a pid file or an options file.
        if (!text.matches("/[^\\x00-\\x1f\\x7f:]+") || text.length() > MAXIMUM_PATH) {
            return Optional.empty();
        }
        for (String name : text.split("/+")) {
            if (name.equals(".") || name.equals("..")) {
                return Optional.empty();
            }
        }
        try {
            Path path = Path.of(text);
            return path.getNameCount() == 0 ? Optional.empty() : Optional.of(path);
        } catch (java.nio.file.InvalidPathException notInThisLocale) {
            return Optional.empty();
        }
    }

    /** A {@link #directory} that root may give away: none of the system's. */
    static Optional<Path> home(String text) {
        return directory(text).filter(path -> !SystemDirectories.contains(path));
    }

    /** A name as {@code useradd} takes it, but not root: nothing runs as root after start-up. */
    static Optional<String> user(String text) {
        return USER.matcher(text).matches() && !text.equals("root") ? Optional.of(text) : Optional.empty();
    }

    /** One of a few words. */
    static Function<String, Optional<String>> word(List<String> words) {
        return text -> words.contains(text) ? Optional.of(text) : Optional.empty();
    }

    /** Some of a few words, at least one, with commas between them. */
    static Function<String, Optional<List<String>>> words(List<String> words) {
        return text -> {
            List<String> chosen = List.of(text.split("\\s*,\\s*", -1));
            return words.containsAll(chosen) ? Optional.of(chosen) : Optional.empty();
        };
    }

    /**
     * {@code *}, or IP literals with commas between them; a name is never looked up. A socket of the Java run
     * time that is bound to one wildcard address takes IPv4 and IPv6, so two wildcards are one.
     */
    static Optional<List<InetAddress>> addresses(String text) {
        List<InetAddress> addresses = new ArrayList<>();
        for (String part : (text.equals("*") ? "0.0.0.0" : text).split(",", -1)) {
            Optional<InetAddress> address = address(part.strip());
            if (address.isEmpty()) {
                return Optional.empty();
            }
            boolean covered = addresses.contains(address.get())
                    || address.get().isAnyLocalAddress()
                            && addresses.stream().anyMatch(InetAddress::isAnyLocalAddress);
            if (!covered) {
                addresses.add(address.get());
            }
        }
        return Optional.of(List.copyOf(addresses));
    }

    private static Optional<InetAddress> address(String literal) {
        try {
            if (literal.contains(":") && literal.matches("[0-9A-Fa-f:.]{2,45}")) {
                return Optional.of(InetAddress.getByName(literal));
            }
            String[] octets = literal.split("\\.", -1);
            byte[] bytes = new byte[4];
            for (int i = 0; i < 4; i++) {
                if (octets.length != 4 || !OCTET.matcher(octets[i]).matches() || octets[i].length() > 3) {
                    return Optional.empty();
                }
                int octet = Integer.parseInt(octets[i]);
                if (octet > 255) {
                    return Optional.empty();
                }
                bytes[i] = (byte) octet;
            }
            return Optional.of(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException notALiteral) {
            return Optional.empty();
        }
    }
}
