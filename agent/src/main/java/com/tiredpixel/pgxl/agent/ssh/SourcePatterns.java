package com.tiredpixel.pgxl.agent.ssh;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The list of {@code from="…"}: addresses, networks as {@code address/bits}, and wildcards {@code *} and
 * {@code ?}, each negated by {@code !}. As with {@code UseDNS no}, host names are not looked up, so a pattern
 * with a name in it matches nothing. See PATTERNS in ssh_config(5) and {@code addr_match_list} in OpenSSH.
 */
final class SourcePatterns {
    private record Pattern(boolean negated, String text, byte[] network, int bits) {
    }

    private final List<Pattern> patterns = new ArrayList<>();

    private SourcePatterns() {
    }

    /** @throws IllegalArgumentException if a network has no valid number of bits, or bits set beyond them */
    static SourcePatterns parse(String list) {
        var result = new SourcePatterns();
        for (String item : list.split(",", -1)) {
            boolean negated = item.startsWith("!");
            String text = negated ? item.substring(1) : item;
            if (text.isEmpty()) {
                throw new IllegalArgumentException("an empty pattern in from=\"" + list + "\"");
            }
            int slash = text.indexOf('/');
            if (slash < 0) {
                result.patterns.add(new Pattern(negated, text, null, 0));
            } else {
                result.patterns.add(network(negated, text, slash));
            }
        }
        return result;
    }

    private static Pattern network(boolean negated, String text, int slash) {
        byte[] network = literal(text.substring(0, slash));
        String digits = text.substring(slash + 1);
        if (network == null || !digits.matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException("no network: " + text);
        }
        int bits = Integer.parseInt(digits);
        if (bits > network.length * 8) {
            throw new IllegalArgumentException("no network: " + text);
        }
        for (int bit = bits; bit < network.length * 8; bit++) {
            if ((network[bit / 8] & 0x80 >> bit % 8) != 0) {
                throw new IllegalArgumentException("network with bits set beyond its mask: " + text);
            }
        }
        return new Pattern(negated, text, network, bits);
    }

    /** Never a look-up: only what has the form of an address is given to the resolver. */
    private static byte[] literal(String text) {
        boolean ipv4 = text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
        boolean ipv6 = text.indexOf(':') >= 0 && text.matches("[0-9a-fA-F:.]+");
        if (!ipv4 && !ipv6) {
            return null;
        }
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /** A negated match refuses, whatever else matches. */
    boolean allow(InetAddress address) {
        String shown = AddressText.of(address);
        boolean matched = false;
        for (Pattern pattern : patterns) {
            if (matches(pattern, address.getAddress(), shown)) {
                if (pattern.negated) {
                    return false;
                }
                matched = true;
            }
        }
        return matched;
    }

    private static boolean matches(Pattern pattern, byte[] address, String shown) {
        if (pattern.network == null) {
            byte[] exact = literal(pattern.text);
            return exact != null ? Arrays.equals(exact, address) : wildcard(pattern.text.toLowerCase(Locale.ROOT), shown);
        }
        if (pattern.network.length != address.length) {
            return false;
        }
        for (int bit = 0; bit < pattern.bits; bit++) {
            int mask = 0x80 >> bit % 8;
            if ((pattern.network[bit / 8] & mask) != (address[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    /** Linear in time but for one remembered star: a hostile pattern cannot make it explode. */
    static boolean wildcard(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int resume = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = t;
            } else if (p < pattern.length()
                    && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
