package com.tiredpixel.pgxl.agent.log;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * From the bytes of a server to lines in the log: a bound on their length, a bound on their rate with a count
 * of what was left out, and the last of them kept. For one thread, but {@link #tail} for any.
 */
final class LineAssembler {
    private static final int LONGEST_LINE = 8 * 1024;
    private static final int TAIL_LINES = 20;
    private static final int LONGEST_TAIL_LINE = 1024;

    private final String subject;
    private final ServerLines lines;
    private final RateBound rate;
    private final byte[] line = new byte[LONGEST_LINE];
    private int length;
    private long cut;
    private final Deque<byte[]> tail = new ArrayDeque<>(TAIL_LINES);

    /** @param clock for the bound of 1,000 lines a second, 5,000 at once */
    LineAssembler(String subject, ServerLines lines, MonotonicClock clock) {
        this.subject = subject;
        this.lines = lines;
        this.rate = new RateBound(1000, 5000, clock);
    }

    /** There is no more: what has no line break is a line too. */
    void finish() {
        if (length > 0 || cut > 0) {
            endLine();
        }
        tellLeftOut(rate.takeLeftOut());
    }

    /** Nothing comes for the moment: a gap is told now, because nobody knows when the next line comes. */
    void pause() {
        tellLeftOut(rate.takeLeftOut());
    }

    /** Says something about the lines, between them. */
    void remark(String text) {
        lines.line(subject, text, 0);
    }

    /** @return the last 20 lines, oldest first, each cut at 1 KiB */
    List<String> tail() {
        List<String> copy = new ArrayList<>(TAIL_LINES);
        synchronized (tail) {
            tail.forEach(bytes -> copy.add(text(bytes, bytes.length)));
        }
        return copy;
    }

    void take(byte[] chunk, int size) {
        int from = 0;
        for (int i = 0; i < size; i++) {
            if (chunk[i] == '\n') {
                append(chunk, from, i);
                endLine();
                from = i + 1;
            }
        }
        append(chunk, from, size);
    }

    private void append(byte[] chunk, int from, int to) {
        int taken = Math.min(to - from, LONGEST_LINE - length);
        System.arraycopy(chunk, from, line, length, taken);
        length += taken;
        cut += to - from - taken;
    }

    /** A line for which there is no memory is counted, and the next one begins. */
    private void endLine() {
        try {
            int end = cut > 0 ? wholeCharacters(line, length) : length;
            if (cut == 0 && end > 0 && line[end - 1] == '\r') {
                end--;
            }
            remember(end);
            if (rate.admit()) {
                tellLeftOut(rate.takeLeftOut());
                lines.line(subject, text(line, end), cut + (cut > 0 ? length - end : 0));
            }
        } catch (Throwable failure) {
            lines.leftOut();
        } finally {
            length = 0;
            cut = 0;
        }
    }

    private void remember(int end) {
        byte[] copy = Arrays.copyOf(line, Math.min(end, LONGEST_TAIL_LINE));
        synchronized (tail) {
            if (tail.size() == TAIL_LINES) {
                tail.removeFirst();
            }
            tail.addLast(copy);
        }
    }

    private void tellLeftOut(long count) {
        if (count > 0) {
            lines.line(subject, "[… " + count + " lines left out, printed faster than 1000 a second]", 0);
        }
    }

    /** Invalid UTF-8 becomes U+FFFD. */
    private static String text(byte[] bytes, int size) {
        return new String(bytes, 0, size, StandardCharsets.UTF_8);
    }

    /** @return the size without a UTF-8 sequence that the end of the buffer cut in two */
    private static int wholeCharacters(byte[] bytes, int size) {
        int start = size;
        while (start > 0 && size - start < 3 && (bytes[start - 1] & 0xc0) == 0x80) {
            start--;
        }
        if (start == 0) {
            return size;
        }
        int lead = bytes[start - 1] & 0xff;
        int expected = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
        return size - start + 1 < expected ? start - 1 : size;
    }
}
