package com.tiredpixel.pgxl.agent.os.crypto;

/**
 * A part of an array.
 *
 * @param bytes not copied
 * @param offset where it begins
 * @param length of the part
 */
public record Part(byte[] bytes, int offset, int length) {
    /** No bytes. */
    public static final Part NONE = new Part(new byte[0], 0, 0);
}
