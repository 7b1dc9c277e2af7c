package com.tiredpixel.pgxl.agent.log;

/**
 * Lines in a row. Once a line has its {@link Link} nothing here needs memory, so no line is lost between two steps when
 * there is none; a queue of {@code java.util} may run out of it while it grows, and is empty then. For one thread.
 */
final class LineQueue {
    private Link first;
    private Link last;
    private int lines;
    private int bytes;

    /** A line and its place in one queue. */
    static final class Link {
        private final byte[] line;
        private Link next;

        /** @param line complete, with its line break */
        Link(byte[] line) {
            this.line = line;
        }

        int bytes() {
            return line.length;
        }
    }

    void add(Link link) {
        if (first == null) {
            first = link;
        } else {
            last.next = link;
        }
        last = link;
        lines++;
        bytes += link.line.length;
    }

    /** @return the first line, which is then no longer in it; null if there is none */
    byte[] poll() {
        if (first == null) {
            return null;
        }
        byte[] line = first.line;
        first = first.next;
        lines--;
        bytes -= line.length;
        return line;
    }

    /** Takes all that is in another queue; there must be nothing in this one. */
    void takeAll(LineQueue other) {
        first = other.first;
        last = other.last;
        lines = other.lines;
        bytes = other.bytes;
        other.clear();
    }

    void clear() {
        first = null;
        last = null;
        lines = 0;
        bytes = 0;
    }

    int lines() {
        return lines;
    }

    int bytes() {
        return bytes;
    }
}
