package com.tiredpixel.pgxl.agent.ssh;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Whom an address is counted with: who has one address of IPv6 has many. */
final class Network {
    /** What a provider gives to one customer at most, RFC 6177. */
    private static final int SITE = 48;
    /** A link, in which a host may take a new address every day, RFC 8981. */
    private static final int LINK = 64;

    private Network() {
    }

    /** @return the address of IPv4, or the /48 of IPv6 */
    static String site(SocketAddress address) {
        return prefix(address, SITE);
    }

    /** @return the address of IPv4, or the /64 of IPv6 */
    static String link(SocketAddress address) {
        return prefix(address, LINK);
    }

    private static String prefix(SocketAddress address, int bits) {
        if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
            return String.valueOf(address);
        }
        InetAddress ip = inet.getAddress();
        byte[] bytes = ip.getAddress();
        return bytes.length == Integer.BYTES
                ? ip.getHostAddress()
                : new BigInteger(1, bytes).shiftRight(Byte.SIZE * bytes.length - bits).toString(16) + "::/" + bits;
    }
}
