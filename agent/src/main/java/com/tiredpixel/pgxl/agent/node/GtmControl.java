package com.tiredpixel.pgxl.agent.node;

import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import com.tiredpixel.pgxl.agent.os.FileRead;
import com.tiredpixel.pgxl.agent.os.OpenFile;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code gtm.control}: where a GTM goes on after a restart. One that is lost or too old makes it hand out transaction
 * ids twice. It is read line by line and not kept, as a cluster may have very many sequences.
 *
 * @param version of the format: 20181008, or 20160302 of Postgres-XL 9.5, which has no snapshot id
 * @param nextXid the next transaction id; GTM adds 50,000 when it starts
 * @param globalXmin the oldest transaction that somebody may still see
 * @param snapshotId of the last snapshot, unsigned; 1 where the format has none
 * @param madeByInitgtm whether it is as {@code initgtm} of Postgres-XL 10 leaves it: that writes {@code snap_id} for
 *     {@code snapid}, and GTM replaces the file when it first starts
 * @param sequences how many sequences it has
 */
public record GtmControl(
        long version, long nextXid, long globalXmin, long snapshotId, boolean madeByInitgtm, int sequences) {
    /** {@code GTM_CONTROL_VERSION} of Postgres-XL 10. */
    public static final long VERSION_10 = 20181008;

    /** {@code GTM_CONTROL_VERSION} of Postgres-XL 9.5. */
    public static final long VERSION_9_5 = 20160302;

    /** A name in {@code encode_seq_key}'s form fills at most a buffer of 1024; eight numbers follow. */
    private static final int LONGEST_LINE = 2048;

    private static final long HIGHEST_XID = 0xFFFF_FFFFL;
    private static final Pattern ENTRY = Pattern.compile("([a-z_]{1,16}):\\s*([0-9]{1,20})");
    private static final Pattern SEQUENCE =
            Pattern.compile("\\S+(\\s+-?[0-9]{1,19}){5}\\s+[tf]\\s+[tf]\\s+[0-9a-fA-F]{1,8}");

    /** What came of reading one. */
    public sealed interface Reading {

        /** @param control all of it is there */
        record Whole(GtmControl control) implements Reading {
        }

        /** @param why what is wrong with it, to be put after the name of the file */
        record Broken(String why) implements Reading {
        }

        /** It has no byte: so leaves it the {@code initgtm} of 9.5, and GTM while it writes it anew. */
        record Empty() implements Reading {
        }

        /** There is none. */
        record Absent() implements Reading {
        }
    }

    /** Reads a file. Nothing but a regular file is opened. */
    public static Reading read(Path file) {
        OpenFile.Attempt attempt = BoundedFiles.system().open(file);
        if (attempt instanceof OpenFile.Attempt.Refused refused) {
            return refused.why() instanceof FileRead.Absent
                    ? new Reading.Absent()
                    : new Reading.Broken(refused.why().problem("").strip());
        }
        try (InputStream input = ((OpenFile.Attempt.Opened) attempt).file().stream()) {
            return parse(input);
        } catch (IOException failed) {
            return new Reading.Broken("cannot be read: " + failed);
        }
    }

    /** @param input from the first byte of the file; it is not closed */
    public static Reading parse(InputStream input) throws IOException {
        var lines = new Lines(input);
        Optional<String> first = lines.next();
        if (first.isEmpty() && lines.complete()) {
            return new Reading.Empty();
        }
        try {
            return new Reading.Whole(parse(lines, first));
        } catch (Malformed malformed) {
            return new Reading.Broken(lines.endedWithinOne()
                    ? "is torn: it ends in the middle of line " + lines.count()
                    : malformed.getMessage());
        }
    }

    private static GtmControl parse(Lines lines, Optional<String> first) throws IOException, Malformed {
        long version = number(first, "version", Long.MAX_VALUE);
        if (version != VERSION_10 && version != VERSION_9_5) {
            throw new Malformed("has the version " + version + ", which GTM does not know");
        }
        long nextXid = xid(lines.next(), "next_xid");
        long globalXmin = xid(lines.next(), "global_xmin");
        long snapshotId = 1;
        boolean madeByInitgtm = false;
        if (version == VERSION_10) {
            Optional<String> line = lines.next();
            madeByInitgtm = line.filter(text -> text.startsWith("snap_id:")).isPresent();
            snapshotId = number(line, madeByInitgtm ? "snap_id" : "snapid", -1);
        }
        int sequences = 0;
        for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
            if (!SEQUENCE.matcher(line.get()).matches()) {
                throw new Malformed("is torn: line " + lines.count() + " is no whole line of a sequence");
            }
            sequences++;
        }
        if (!lines.complete()) {
            throw new Malformed("is torn: line " + lines.count() + " has no end");
        }
        return new GtmControl(version, nextXid, globalXmin, snapshotId, madeByInitgtm, sequences);
    }

    private static long xid(Optional<String> line, String name) throws Malformed {
        long xid = number(line, name, HIGHEST_XID);
        if (xid < Xids.FIRST_NORMAL) {
            throw new Malformed("has the " + name + " " + xid + ", which no transaction can have");
        }
        return xid;
    }

    /** @param highest as an unsigned number */
    private static long number(Optional<String> line, String name, long highest) throws Malformed {
        Matcher entry = ENTRY.matcher(line.orElse(""));
        if (!entry.matches() || !entry.group(1).equals(name)) {
            throw new Malformed("has no line \"" + name + "\" where it belongs");
        }
        try {
            long number = Long.parseUnsignedLong(entry.group(2));
            if (Long.compareUnsigned(number, highest) <= 0) {
                return number;
            }
        } catch (NumberFormatException tooLarge) {
            // As below.
        }
        throw new Malformed("has too large a " + name);
    }

    /** What is wrong with the file. */
    private static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String why) {
            super(why, null, false, false);
        }
    }

    /** Its lines that are not blank, one at a time. */
    private static final class Lines {
        private final BufferedInputStream input;
        private boolean complete = true;
        private boolean ended;
        private int count;

        Lines(InputStream input) {
            this.input = new BufferedInputStream(input);
        }

        Optional<String> next() throws IOException {
            while (true) {
                var line = new ByteArrayOutputStream();
                int next = input.read();
                if (next < 0) {
                    return Optional.empty();
                }
                count++;
                while (next >= 0 && next != '\n' && line.size() < LONGEST_LINE) {
                    line.write(next);
                    next = input.read();
                }
                complete = next == '\n';
                ended = next < 0;
                String text = line.toString(StandardCharsets.ISO_8859_1).strip();
                if (!text.isEmpty() || !complete) {
                    return Optional.of(text);
                }
            }
        }

        boolean complete() {
            return complete;
        }

        /** The writer writes whole lines: a file that ends within one is the beginning of a longer one. */
        boolean endedWithinOne() {
            return ended && !complete;
        }

        int count() {
            return count;
        }
    }
}
