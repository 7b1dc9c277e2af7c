package com.tiredpixel.pgxl.agent.ssh;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/** Addresses in the form of inet_ntop(3), which is OpenSSH's; Java writes every zero of an IPv6 address out. */
final class AddressText {
    private static final int WORDS = 8;

    private AddressText() {
    }

    /** @return such as {@code 10.0.0.7} or {@code fd00:1::7}, without a zone */
    static String of(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == Integer.BYTES ? address.getHostAddress() : ofWords(ByteBuffer.wrap(bytes));
    }

    private static String ofWords(ByteBuffer bytes) {
        int start = -1;
        int longest = 1; // a single zero is written out
        for (int from = 0; from < WORDS; from++) {
            int length = 0;
            while (from + length < WORDS && word(bytes, from + length) == 0) {
                length++;
            }
            if (length > longest) {
                start = from;
                longest = length;
            }
        }
        var text = new StringBuilder();
        for (int i = 0; i < WORDS; i++) {
            if (i == start) {
                text.append("::");
                i += longest - 1;
            } else {
                text.append(i == 0 || i == start + longest && start >= 0 ? "" : ":").append(Integer.toHexString(word(bytes, i)));
            }
        }
        return text.toString();
    }

    private static int word(ByteBuffer bytes, int index) {
        return bytes.getShort(index * Short.BYTES) & 0xffff;
    }
}
