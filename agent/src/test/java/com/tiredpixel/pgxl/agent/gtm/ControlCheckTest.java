package com.tiredpixel.pgxl.agent.gtm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.gtm.ControlCheck.Facts;
import com.tiredpixel.pgxl.agent.gtm.ControlCheck.HighestXid;
import com.tiredpixel.pgxl.agent.gtm.ControlCheck.Verdict;
import com.tiredpixel.pgxl.agent.node.GtmControl;
import com.tiredpixel.pgxl.agent.node.GtmControl.Reading;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlCheckTest {
    private static final GtmControl COPY = control(100_000, 50, 3);
    private static final Optional<HighestXid> NONE = Optional.empty();

    private static GtmControl control(long nextXid, long snapshotId, int sequences) {
        return new GtmControl(20181008, nextXid, 10_000, snapshotId, false, sequences);
    }

    private static Verdict check(Reading file, long size, boolean started, Optional<GtmControl> copy) {
        return ControlCheck.of(new Facts(file, size, false, started, copy, NONE));
    }

    private static Verdict whole(GtmControl control) {
        return check(new Reading.Whole(control), 300, true, Optional.of(COPY));
    }

    private static void assertBad(String part, Verdict verdict) {
        assertTrue(assertInstanceOf(Verdict.Bad.class, verdict).why().contains(part), verdict.toString());
    }

    @Test
    void aFileThatGoesOnFromTheCopyIsGood() {
        assertEquals(new Verdict.Good(), whole(control(100_001, 51, 3)));
        assertEquals(new Verdict.Good(), whole(COPY));
        assertEquals(new Verdict.Good(), check(new Reading.Whole(COPY), 300, true, Optional.empty()));
    }

    /** A restore point says up to 2,000 more than the save that follows it. */
    @ParameterizedTest
    @CsvSource({"98000, true", "96000, true", "95999, false", "10000, false", "2147400000, true"})
    void aFileThatIsLowerThanTheCopyIsTooOld(long nextXid, boolean good) {
        Verdict verdict = whole(control(nextXid, 50, 3));
        assertEquals(good, verdict instanceof Verdict.Good, verdict.toString());
    }

    @Test
    void afterIdsHaveGoneRoundTheLowerOneIsTheLater() {
        assertEquals(new Verdict.Good(), check(
                new Reading.Whole(control(1_000, 50, 3)), 300, true, Optional.of(control(4_294_960_000L, 50, 3))));
    }

    @Test
    void aLowerSnapshotIdIsTooOld() {
        assertBad("snapid is 49", whole(control(100_001, 49, 3)));
        assertEquals(new Verdict.Good(), whole(control(100_001, -1, 3)), "unsigned");
    }

    @Test
    void aFileThatANodeHasOvertakenIsTooOld() {
        var ahead = Optional.of(new HighestXid(125_002, Path.of("/data/dn")));
        assertBad("/data/dn has had 125001", ControlCheck.of(new Facts(
                new Reading.Whole(control(100_001, 51, 3)), 300, false, true, Optional.of(COPY), ahead)));
        assertBad("/data/dn", ControlCheck.of(new Facts(
                new Reading.Whole(new GtmControl(20181008, 10_000, 10_000, 1, true, 0)), 80, false, false,
                Optional.empty(), ahead)));
        assertEquals(new Verdict.Good(), ControlCheck.of(new Facts(
                new Reading.Whole(control(100_002, 51, 3)), 300, false, true, Optional.of(COPY), ahead)));
    }

    @Test
    void emptyTornAndMissingFilesAreBadWhetherThereIsACopyOrNot() {
        for (Optional<GtmControl> copy : java.util.List.of(Optional.of(COPY), Optional.<GtmControl>empty())) {
            assertBad("empty", check(new Reading.Empty(), 0, true, copy));
            assertBad("torn", check(new Reading.Broken("is torn"), 77, true, copy));
            assertBad("missing", check(new Reading.Absent(), 0, true, copy));
        }
    }

    /** GTM renames it. */
    @Test
    void aMissingFileWhoseDraftIsWholeIsGood() {
        assertEquals(new Verdict.Good(), ControlCheck.of(
                new Facts(new Reading.Absent(), 0, true, true, Optional.of(COPY), NONE)));
    }

    /** The whole lines of a file that was written up to a full buffer. */
    @Test
    void aFileThatEndsAtABlockAndLacksSequencesIsTorn() {
        assertBad("torn", check(new Reading.Whole(control(100_001, 51, 2)), 4096, true, Optional.of(COPY)));
        assertEquals(new Verdict.Good(),
                check(new Reading.Whole(control(100_001, 51, 2)), 4095, true, Optional.of(COPY)), "a sequence was dropped");
        assertEquals(new Verdict.Good(),
                check(new Reading.Whole(control(100_001, 51, 3)), 4096, true, Optional.of(COPY)));
    }

    @Test
    void aDirectoryFreshFromInitgtmIsGoodAndItsCopiesAreOfAnEarlierCluster() {
        var fresh = new Reading.Whole(new GtmControl(20181008, 10_000, 10_000, 1, true, 0));
        assertEquals(new Verdict.Good(), check(fresh, 80, false, Optional.empty()));
        assertEquals(new Verdict.NewCluster(), check(fresh, 80, false, Optional.of(COPY)));
        assertEquals(new Verdict.Good(), check(new Reading.Empty(), 0, false, Optional.empty()), "initgtm of 9.5");
        assertEquals(new Verdict.NewCluster(), check(new Reading.Empty(), 0, false, Optional.of(COPY)));
    }
}
