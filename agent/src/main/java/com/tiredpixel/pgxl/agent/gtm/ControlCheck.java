package com.tiredpixel.pgxl.agent.gtm;

import com.tiredpixel.pgxl.agent.node.GtmControl;
import com.tiredpixel.pgxl.agent.node.GtmControl.Reading;
import com.tiredpixel.pgxl.agent.node.Xids;
import java.nio.file.Path;
import java.util.Optional;

/** May a GTM start on this file? Pure: what is on the disk in, verdict out. */
final class ControlCheck {
    /**
     * How much lower than before the file may rightly be: a restore point says 2,000 more than what is used
     * ({@code RestoreDuration}), the next save says exactly what is.
     */
    static final long RESTORE_POINT = 4_000;

    /**
     * How far a node may be ahead of the file: GTM adds 50,000 ({@code CONTROL_INTERVAL}) when it starts, and a node may
     * have gone on since its last checkpoint.
     */
    static final long BEHIND_A_NODE = 25_000;

    /** {@code BUFSIZ} of stdio: at a multiple of it a file ends that GTM had not written to its end. */
    private static final long BLOCK = 4096;

    private ControlCheck() {
    }

    /**
     * What is known.
     *
     * @param file what is in {@code gtm.control}
     * @param size of it in bytes
     * @param draft whether {@code gtm.control.tmp} is whole, which GTM takes where the other is missing
     * @param started whether a GTM has ever run in the directory
     * @param copy the newest that is whole
     * @param highest the highest NextXID of a database here
     */
    record Facts(
            Reading file, long size, boolean draft, boolean started, Optional<GtmControl> copy,
            Optional<HighestXid> highest) {
    }

    /**
     * The highest transaction id that a database knows.
     *
     * @param xid its NextXID
     * @param directory the database
     */
    record HighestXid(long xid, Path directory) {
    }

    /** What came of it. */
    sealed interface Verdict {

        /** It may. */
        record Good() implements Verdict {
        }

        /** It may: the directory is fresh from {@code initgtm}, and the copies are those of an earlier cluster. */
        record NewCluster() implements Verdict {
        }

        /** @param why it must not */
        record Bad(String why) implements Verdict {
        }
    }

    static Verdict of(Facts facts) {
        if (facts.file() instanceof Reading.Whole whole) {
            return ofWhole(whole.control(), facts);
        }
        if (facts.file() instanceof Reading.Empty) {
            if (facts.started()) {
                return new Verdict.Bad("gtm.control is empty");
            }
            // So leaves it the initgtm of Postgres-XL 9.5.
            return facts.copy().isPresent() ? new Verdict.NewCluster() : new Verdict.Good();
        }
        if (facts.file() instanceof Reading.Broken broken) {
            return new Verdict.Bad("gtm.control " + broken.why());
        }
        return facts.draft() ? new Verdict.Good() : new Verdict.Bad("gtm.control is missing");
    }

    private static Verdict ofWhole(GtmControl control, Facts facts) {
        Optional<HighestXid> ahead = facts.highest()
                .filter(highest -> Xids.distance(control.nextXid(), highest.xid()) > BEHIND_A_NODE);
        if (ahead.isPresent()) {
            return new Verdict.Bad("gtm.control is too old: its next_xid is " + control.nextXid() + ", and "
                    + ahead.get().directory() + " has had " + (ahead.get().xid() - 1));
        }
        if (control.madeByInitgtm() && control.sequences() == 0) {
            return facts.copy().isPresent() ? new Verdict.NewCluster() : new Verdict.Good();
        }
        return facts.copy().map(copy -> againstCopy(control, facts.size(), copy)).orElseGet(Verdict.Good::new);
    }

    private static Verdict againstCopy(GtmControl control, long size, GtmControl copy) {
        if (isBehind(control, copy)) {
            return new Verdict.Bad("gtm.control is too old: its next_xid is " + control.nextXid()
                    + ", that of the newest copy " + copy.nextXid());
        }
        if (Long.compareUnsigned(control.snapshotId(), copy.snapshotId()) < 0) {
            return new Verdict.Bad("gtm.control is too old: its snapid is " + Long.toUnsignedString(control.snapshotId())
                    + ", that of the newest copy " + Long.toUnsignedString(copy.snapshotId()));
        }
        if (size % BLOCK == 0 && control.sequences() < copy.sequences()) {
            return new Verdict.Bad("gtm.control is torn: it ends after " + size + " bytes with "
                    + control.sequences() + " sequences, and the newest copy has " + copy.sequences());
        }
        return new Verdict.Good();
    }

    /** Whether a file cannot be a later state of what the copy shows. */
    static boolean isBehind(GtmControl control, GtmControl copy) {
        return Xids.distance(control.nextXid(), copy.nextXid()) > RESTORE_POINT;
    }
}
