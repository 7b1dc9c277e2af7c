package com.tiredpixel.pgxl.agent.os;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;

/** Memory of malloc for the time of one call. {@code com.sun.jna.Memory} would start a cleaner thread. */
final class NativeMemory implements AutoCloseable {
    private final List<Long> blocks = new ArrayList<>();

    /** @return address of this many zero bytes */
    long allocate(long size) {
        long address = Native.malloc(size);
        if (address == 0) {
            throw new OutOfMemoryError("malloc of " + size + " bytes");
        }
        boolean noted = false;
        try {
            blocks.add(address);
            noted = true;
        } finally {
            if (!noted) {
                Native.free(address);
            }
        }
        new Pointer(address).clear(size);
        return address;
    }

    /** @return address of a copy with a NUL behind it */
    long string(byte[] bytes) {
        long address = allocate(bytes.length + 1L);
        new Pointer(address).write(0, bytes, 0, bytes.length);
        return address;
    }

    /** @return address of an array of strings with a null pointer behind it */
    long strings(List<byte[]> strings) {
        long array = allocate((strings.size() + 1L) * Long.BYTES);
        for (int i = 0; i < strings.size(); i++) {
            new Pointer(array).setLong((long) i * Long.BYTES, string(strings.get(i)));
        }
        return array;
    }

    /** @return address of a {@code sigset_t} of 1024 bits */
    long signalSet(long firstSixtyFour) {
        long address = allocate(128);
        new Pointer(address).setLong(0, firstSixtyFour);
        return address;
    }

    /** Needs no memory: a failure here would lose the pid of a process that has just been started. */
    @Override
    public void close() {
        for (int i = 0; i < blocks.size(); i++) {
            Native.free(blocks.get(i));
        }
    }
}
