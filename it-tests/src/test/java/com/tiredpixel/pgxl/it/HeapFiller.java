package com.tiredpixel.pgxl.it;

import com.tiredpixel.pgxl.agent.Main;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/**
 * The agent, with a thread beside it that fills the heap to the last byte when it is told to: a file
 * {@code fill-heap} on the volume, "PATTERN MILLISECONDS". It writes {@code heap-filled}, how often there was no memory
 * for itself, when it is done. {@link FullHeapIT} starts it by the launcher's {@code PGXL_JAVA_OPTIONS}.
 */
public final class HeapFiller implements Runnable {
    private static final int SLOTS = 4096;
    private static final long MEGABYTE = 1 << 20;

    /** How the heap becomes full. */
    enum Pattern {
        /** A little every millisecond, until there is no more; then a part is let go, and so on. */
        CREEP,
        /** The largest pieces that there is room for, and smaller and smaller ones after them. */
        BLOCKS,
        /** Objects of a few bytes, millions of them. */
        CRUMBS,
        /** Eight threads that take whatever anybody lets go. */
        RIVALS,
        /** Full all the time, with pieces of random size let go and taken again. */
        CHURN,
        /** Memory outside of the heap that the JVM bounds like the heap. */
        DIRECT,
        /** Threads that deepen their stack to its end, in a heap that is full. */
        STACKS
    }

    /** In the place of a pattern: a thread asks the JVM to end, as the JDK does when a cleaner fails. */
    static final String EXIT = "EXIT";

    private static final class Crumb {
        private final Crumb next;

        Crumb(Crumb next) {
            this.next = next;
        }
    }

    private final File order;
    private final File report;
    private final Object[] held = new Object[SLOTS];
    private final Object[] crumbs = new Object[8];
    private volatile long failures;
    private volatile long end;
    private int slot;
    private long random = 88172645463325252L;

    private HeapFiller(File volume) {
        this.order = new File(volume, "fill-heap");
        this.report = new File(volume, "heap-filled");
    }

    /** The launcher's own arguments of {@code java} come here too, and mean nothing. */
    public static void main(String[] arguments) {
        var thread = new Thread(new HeapFiller(new File("/var/lib/postgres")), "filler");
        thread.setDaemon(true);
        thread.start();
        Main.main(new String[0]);
    }

    @Override
    public void run() {
        while (true) {
            try {
                if (order.exists()) {
                    obey();
                }
                Thread.sleep(50);
            } catch (Throwable e) {
                failures++;
            }
        }
    }

    private void obey() throws IOException, InterruptedException {
        String[] words;
        try (var in = new FileInputStream(order)) {
            words = new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip().split(" ");
        }
        if (words[0].equals(EXIT)) {
            new Thread(() -> System.exit(9), "exit").start();
            done(1);
            return;
        }
        Pattern pattern = Pattern.valueOf(words[0]);
        var threads = new Thread[8];
        for (int i = 0; i < threads.length; i++) {
            int number = i;
            threads[i] = new Thread(() -> take(number), "filler-" + i);
            threads[i].setDaemon(true);
        }
        failures = 0;
        end = System.nanoTime() + Long.parseLong(words[1]) * 1_000_000;
        fill(pattern, threads);
        letAllGo();
        for (Thread thread : threads) {
            if (thread.isAlive()) {
                thread.join();
            }
        }
        letAllGo();
        done(failures);
    }

    private void done(long count) throws IOException, InterruptedException {
        while (!order.delete() && order.exists()) {
            Thread.sleep(50);
        }
        try (Writer out = new FileWriter(report, StandardCharsets.US_ASCII)) {
            out.write(count + "\n");
        }
    }

    private void fill(Pattern pattern, Thread[] rivals) {
        boolean begun = false;
        while (System.nanoTime() - end < 0) {
            try {
                switch (pattern) {
                    case CREEP -> creep();
                    case BLOCKS -> blocks();
                    case CRUMBS -> crumble(0);
                    case CHURN -> churn();
                    case DIRECT -> hold(ByteBuffer.allocateDirect(64 * 1024));
                    case RIVALS, STACKS -> {
                        if (!begun) {
                            begun = true;
                            for (Thread rival : rivals) {
                                rival.start();
                            }
                        }
                        if (pattern == Pattern.STACKS) {
                            blocks();
                            deepen(0);
                        } else {
                            crumble(0);
                        }
                    }
                }
            } catch (Throwable e) {
                failures++;
                react(pattern);
            }
        }
    }

    /** What is done while nothing is left; it needs no memory. */
    private void react(Pattern pattern) {
        LockSupport.parkNanos(20_000_000);
        switch (pattern) {
            case CREEP -> {
                for (int i = 0; i < SLOTS; i += 8) {
                    held[i] = null;
                }
            }
            case BLOCKS, STACKS, DIRECT -> {
                if (failures % 16 == 0) {
                    letAllGo();
                }
            }
            case CHURN -> held[next() % SLOTS] = null;
            default -> {
                if (failures % 64 == 0) {
                    crumbs[0] = null;
                }
            }
        }
    }

    private void letAllGo() {
        for (int i = 0; i < SLOTS; i++) {
            held[i] = null;
        }
        for (int i = 0; i < crumbs.length; i++) {
            crumbs[i] = null;
        }
    }

    private void creep() {
        for (int i = 0; i < 64; i++) {
            hold(new byte[8 * 1024]);
        }
        LockSupport.parkNanos(1_000_000);
    }

    private void blocks() {
        int size = (int) MEGABYTE * 4;
        while (size >= 16 && System.nanoTime() - end < 0) {
            byte[] block = room(size);
            if (block == null) {
                size /= 2;
            } else {
                hold(block);
            }
        }
        LockSupport.parkNanos(100_000_000);
    }

    private byte[] room(int size) {
        try {
            return new byte[size];
        } catch (OutOfMemoryError e) {
            failures++;
            return null;
        }
    }

    private void crumble(int number) {
        for (int i = 0; i < 10_000; i++) {
            crumbs[number] = new Crumb((Crumb) crumbs[number]);
        }
    }

    private void churn() {
        held[next() % SLOTS] = new byte[16 + next() % (32 * 1024)];
    }

    private void take(int number) {
        while (System.nanoTime() - end < 0) {
            try {
                crumble(number);
            } catch (Throwable e) {
                failures++;
                LockSupport.parkNanos(1_000_000L * (1 + number));
                if (failures % 256 == 0) {
                    crumbs[number] = null;
                }
            }
        }
    }

    private static long deepen(long depth) {
        return depth + deepen(depth + 1);
    }

    private void hold(Object piece) {
        held[slot] = piece;
        slot = (slot + 1) % SLOTS;
    }

    private int next() {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return (int) (random >>> 33);
    }
}
