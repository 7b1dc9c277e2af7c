package com.tiredpixel.pgxl.agent.os;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Java's strings and paths as the kernel's bytes. */
final class NativeStrings {
    private NativeStrings() {
    }

    /** @return the text in UTF-8, whatever the locale */
    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * @return the very bytes of an absolute path. {@link Path#toString} loses those that are not text in the
     *     locale's character set; only {@link Path#toUri} still has them, as {@code %XX}
     */
    static byte[] path(Path path) {
        String text = path.toString();
        if (isAscii(text)) {
            return text(text);
        }
        String escaped = path.toAbsolutePath().toUri().getRawPath();
        var bytes = new ByteArrayOutputStream(escaped.length());
        for (int i = 0; i < escaped.length(); i++) {
            if (escaped.charAt(i) == '%') {
                bytes.write(Integer.parseInt(escaped, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(escaped.charAt(i));
            }
        }
        return bytes.toByteArray();
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** @return the bytes with a NUL behind them */
    static byte[] terminated(byte[] bytes) {
        return Arrays.copyOf(bytes, bytes.length + 1);
    }
}
