package com.tiredpixel.pgxl.agent.os.crypto;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * Memory of the C heap in which one packet is worked upon, and a cipher context. Nothing of it belongs to a session:
 * MINA never tells a cipher that it is done with, so one that held native memory would have to be found by the
 * garbage collector. The key schedule of AES that is computed anew for each packet takes a tenth of a microsecond.
 */
final class Scratch implements AutoCloseable {
    private static final int KEY = 0;
    private static final int IV = 64;
    private static final int TAG = 128;
    private static final int LENGTH = 192;
    private static final int BLOCK = 256;
    private static final int DATA = 320;
    /** Of a block of ChaCha20. */
    static final int BLOCK_BYTES = 64;
    /** Holds what SSH sends in one packet. */
    private static final int USUAL = 36 * 1024;

    private final ScratchPool pool;
    private final long context;
    private long macContext;
    private long memory;
    private Pointer pointer;
    private int capacity;

    Scratch(ScratchPool pool) {
        this.pool = pool;
        this.context = CryptoFunctions.EVP_CIPHER_CTX_new();
        if (context == 0) {
            throw new OutOfMemoryError("a cipher context of libcrypto");
        }
        try {
            allocate(USUAL);
        } catch (OutOfMemoryError e) {
            CryptoFunctions.EVP_CIPHER_CTX_free(context);
            throw e;
        }
    }

    private void allocate(int size) {
        long address = Native.malloc(DATA + (long) size);
        if (address == 0) {
            throw new OutOfMemoryError("malloc of " + size + " bytes");
        }
        memory = address;
        pointer = new Pointer(address);
        capacity = size;
    }

    /** To be called before anything is written. Fails with all as it was. */
    void reserve(int size) {
        if (size > capacity) {
            Pointer before = pointer;
            allocate(size);
            release(before);
        }
    }

    /** Keys must not lie about in memory that others get next. */
    private static void release(Pointer pointer) {
        pointer.clear(DATA);
        Native.free(Pointer.nativeValue(pointer));
    }

    long context() {
        return context;
    }

    /** @return the one of this memory, for a code of this kind; it is the only kind */
    long macContext(long mac) {
        if (macContext == 0) {
            macContext = CryptoFunctions.EVP_MAC_CTX_new(mac);
        }
        return macContext;
    }

    long key(byte[] key) {
        pointer.write(KEY, key, 0, key.length);
        return memory + KEY;
    }

    long iv(byte[] iv) {
        pointer.write(IV, iv, 0, iv.length);
        return memory + IV;
    }

    /** @return address of an {@code int} that functions write and nobody reads */
    long length() {
        return memory + LENGTH;
    }

    long tag(byte[] from, int offset, int length) {
        pointer.write(TAG, from, offset, length);
        return memory + TAG;
    }

    long tag() {
        return memory + TAG;
    }

    void readTag(byte[] into, int offset, int length) {
        pointer.read(TAG, into, offset, length);
    }

    /** @return address of 64 bytes that are 0 */
    long zeroBlock() {
        pointer.setMemory(BLOCK, BLOCK_BYTES, (byte) 0);
        return memory + BLOCK;
    }

    long data(int at) {
        return memory + DATA + at;
    }

    void write(int at, byte[] from, int offset, int length) {
        pointer.write(DATA + (long) at, from, offset, length);
    }

    void read(int at, byte[] into, int offset, int length) {
        pointer.read(DATA + (long) at, into, offset, length);
    }

    /** Back to the pool. */
    @Override
    public void close() {
        pool.giveBack(this);
    }

    void free() {
        CryptoFunctions.EVP_CIPHER_CTX_free(context);
        CryptoFunctions.EVP_MAC_CTX_free(macContext);
        release(pointer);
    }
}
