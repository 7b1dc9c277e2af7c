package com.tiredpixel.pgxl.agent.gtm;

import com.tiredpixel.pgxl.agent.node.GtmControl;
import com.tiredpixel.pgxl.agent.node.Xids;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A {@code gtm.control} made from an older one, far enough ahead of it that nothing is handed out twice. The lines of
 * the sequences go through one by one.
 *
 * @param version of the format
 * @param nextXid as it shall be
 * @param globalXmin as it shall be
 * @param snapshotId as it shall be, unsigned
 * @param sequenceSteps by how many values each sequence goes on
 */
record RaisedControl(long version, long nextXid, long globalXmin, long snapshotId, int sequenceSteps) {
    /** What a repair leaves unused: more than a cluster hands out in the seconds that a copy may be old. */
    static final long XID_MARGIN = 1_000_000;

    /** What is left unused of the snapshot ids: enough for sixteen million starts. */
    static final long SNAPSHOT_MARGIN = 1L << 40;

    /** What a repair leaves unused of each sequence. */
    static final int SEQUENCE_MARGIN = 100_000;

    /** How far back global_xmin goes where the file had it from a restore point; it may be too low, and not too high. */
    private static final long XMIN_MARGIN = 100_000;

    private static final int FIELDS = 9;

    /** For a GTM that starts on its own file, under servers that lack the mends: only what they restore wrongly. */
    static RaisedControl forRestart(GtmControl control) {
        return new RaisedControl(
                control.version(), control.nextXid(), honestXmin(control),
                control.snapshotId() + SNAPSHOT_MARGIN, 0);
    }

    /**
     * For a repair.
     *
     * @param from what is written anew
     * @param highestXid the highest that is known of anywhere
     */
    static RaisedControl forRepair(GtmControl from, long highestXid) {
        return new RaisedControl(
                from.version(), Xids.plus(Xids.later(from.nextXid(), highestXid), XID_MARGIN), honestXmin(from),
                from.snapshotId() + SNAPSHOT_MARGIN, SEQUENCE_MARGIN);
    }

    /** For a repair without any file to go by. */
    static RaisedControl fromNothing(long highestXid, boolean ninePointFive) {
        return new RaisedControl(
                ninePointFive ? GtmControl.VERSION_9_5 : GtmControl.VERSION_10, Xids.plus(highestXid, XID_MARGIN),
                back(highestXid, XID_MARGIN), 1 + SNAPSHOT_MARGIN, 0);
    }

    /**
     * A restore point of a GTM without the mends writes the transaction id that it is saved up to as global_xmin, which
     * is ahead of every open transaction; a node that hears of it ends in a PANIC.
     */
    private static long honestXmin(GtmControl control) {
        return control.globalXmin() == control.nextXid() && !control.madeByInitgtm()
                ? back(control.globalXmin(), XMIN_MARGIN)
                : control.globalXmin();
    }

    private static long back(long xid, long steps) {
        // Before the first round there is nothing to go back to.
        return xid > steps + Xids.FIRST_NORMAL ? xid - steps : Xids.FIRST_NORMAL;
    }

    /**
     * Writes it.
     *
     * @param source a whole file, for its sequences; may be empty
     * @return the names of sequences that have fewer values left than the margin, so that they went half of the way
     */
    List<String> write(InputStream source, OutputStream out) throws IOException {
        var reader = new BufferedReader(new InputStreamReader(source, StandardCharsets.ISO_8859_1));
        var nearTheirEnd = new ArrayList<String>();
        line(out, "version: " + version);
        line(out, "next_xid: " + nextXid);
        line(out, "global_xmin: " + globalXmin);
        if (version == GtmControl.VERSION_10) {
            line(out, "snapid: " + Long.toUnsignedString(snapshotId));
        }
        for (String text = reader.readLine(); text != null; text = reader.readLine()) {
            String[] fields = text.strip().split("\\s+");
            if (fields.length == FIELDS) {
                boolean whole = advance(fields);
                line(out, String.join("\t", fields));
                if (!whole && nearTheirEnd.size() < FIELDS) {
                    nearTheirEnd.add(fields[0]);
                }
            }
        }
        return nearTheirEnd;
    }

    /** Name, value, start, increment, minimum, maximum, cycle, called, state: as {@code GTM_SaveSeqInfo2} writes them. */
    private boolean advance(String[] fields) {
        BigInteger value = new BigInteger(fields[1]);
        BigInteger increment = new BigInteger(fields[3]);
        BigInteger end = new BigInteger(fields[increment.signum() < 0 ? 4 : 5]);
        BigInteger wanted = increment.multiply(BigInteger.valueOf(sequenceSteps));
        BigInteger left = end.subtract(value);
        if (increment.signum() == 0 || wanted.signum() == 0) {
            return true;
        }
        // One that is set to its end is as dead as one without its line: it goes half of what is left, in whole steps.
        BigInteger half = left.divide(BigInteger.TWO).divide(increment).max(BigInteger.ZERO).multiply(increment);
        boolean fits = wanted.abs().compareTo(half.abs()) <= 0;
        fields[1] = value.add(fits ? wanted : half).toString();
        return fits;
    }

    private static void line(OutputStream out, String text) throws IOException {
        out.write((text + "\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "next_xid %d, global_xmin %d, snapid %s",
                nextXid, globalXmin, Long.toUnsignedString(snapshotId));
    }
}
