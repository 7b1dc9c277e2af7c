package com.tiredpixel.pgxl.agent.gtm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.GtmControl;
import com.tiredpixel.pgxl.agent.node.GtmControl.Reading;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.node.ServerBuild;
import com.tiredpixel.pgxl.agent.supervisor.NodeCommand.Result;
import com.tiredpixel.pgxl.agent.supervisor.StartGuard.Repair;
import com.tiredpixel.pgxl.agent.supervisor.StartGuard.Start;
import com.tiredpixel.pgxl.agent.supervisor.StartGuard.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class GtmStartGuardTest extends GtmOnAVolume {
    private static final Repair PLAIN = new Repair(OptionalLong.empty(), false);
    private static final Repair TRUST = new Repair(OptionalLong.empty(), true);
    private static final Verdict CLEAR = new Verdict.Clear();

    private static Repair repair(long xid) {
        return new Repair(OptionalLong.of(xid), false);
    }

    private String blocked(Start start) {
        return assertInstanceOf(Verdict.Blocked.class, guard(true).before(start)).reason();
    }

    private static String done(Result result) {
        return assertInstanceOf(Result.Done.class, result, result.said()).said();
    }

    private static String refused(Result result) {
        return assertInstanceOf(Result.Refused.class, result, result.said()).said();
    }

    private GtmControl now() {
        return ((Reading.Whole) GtmControl.read(control())).control();
    }

    @Test
    void aGtmStartsOnItsOwnFileAndThatIsCopied() throws IOException {
        assertEquals(CLEAR, guard(true).before(start(false)));
        assertEquals(100_000, copies().newest().orElseThrow().control().nextXid());
        assertEquals(CLEAR, guard(true).before(start(false)));
        assertEquals(1, copies().all().size(), "once for each state");
    }

    @Test
    void theOtherRolesAndAStandbyAreNoneOfItsBusiness() throws IOException {
        Files.delete(control());
        for (Role role : List.of(Role.GTM_PROXY, Role.COORDINATOR, Role.DATANODE)) {
            assertEquals(CLEAR, guard(true).before(new Start(directory, role, "x", false, List.of())));
        }
        Files.writeString(directory.resolve("gtm.conf"), "startup = STANDBY\n");
        assertEquals(CLEAR, guard(true).before(start(false)));
        Files.writeString(directory.resolve("gtm.conf"), "startup = STANDBY\nstartup = ACT\n");
        assertInstanceOf(Verdict.Blocked.class, guard(true).before(start(false)), "a standby that was promoted");
    }

    @Test
    void whatIsBrokenIsBlockedAndTheReasonNamesCopyHighestIdAndCommand() throws IOException {
        keeper().look(directory, "gtm");
        Path copy = copies().newest().orElseThrow().copy().file();
        Path datanode = database("dn1", 99_000);
        for (String text : List.of("", "version: 20181008\nnext_xid: 1", "version: 20181008\nnext_xid: 80000\n"
                + "global_xmin: 70000\nsnapid: 50\n")) {
            write(text);
            String reason = blocked(start(false, datanode, database("dn2", 98_000)));
            for (String part : List.of(copy.toString(), "next_xid 100000", "NextXID of " + datanode + " is 99000",
                    "pgxl repair-gtm data/gtm --xid HIGHEST")) {
                assertTrue(reason.contains(part), reason);
            }
            assertEquals(text, Files.readString(control()), "nothing is changed");
        }
        Files.delete(control());
        assertTrue(blocked(start(true)).contains("is missing"), "whoever asks for it");
    }

    @Test
    void withoutACopyABrokenFileIsBlockedAllTheSame() throws IOException {
        write("");
        assertTrue(blocked(start(false)).contains("there is no copy"));
    }

    @Test
    void aClusterMadeAnewInTheSameDirectoryStartsAndTheOldCopiesAreKept() throws IOException {
        write(5_000_000, 5_000, 1);
        keeper().look(directory, "gtm");
        Files.delete(directory.resolve("gtm.opts"));
        write("version: 20181008\nnext_xid: 10000\nglobal_xmin: 10000\nsnap_id: 1\n");
        assertEquals(CLEAR, guard(true).before(start(false)));
        assertEquals(List.of(), copies().all());
        assertEquals(1, namesIn(state.resolve("gtm-control")).size());
        assertTrue(log.toString().contains("up to next_xid 5000000"), log.toString());
    }

    @Test
    void aRepairGoesAMillionAheadOfAllThatIsKnownAndKeepsTheOldFile() throws IOException {
        keeper().look(directory, "gtm");
        write("");
        String said = done(guard(true).repair(start(false, database("dn", 130_000)), PLAIN));
        assertEquals(1_130_000, now().nextXid());
        assertEquals(90_000, now().globalXmin());
        assertEquals(50 + (1L << 40), now().snapshotId());
        assertTrue(Files.readString(control()).contains("s\\00\t102001\t"), said);
        assertEquals(1, namesIn(directory).stream().filter(name -> name.startsWith("gtm.control.before-")).count());
        assertEquals(CLEAR, guard(true).before(start(false, database("dn", 130_000))));
    }

    @Test
    void theOperatorsIdCountsIfItIsTheHighest() throws IOException {
        keeper().look(directory, "gtm");
        write("");
        done(guard(true).repair(start(false), repair(250_000)));
        assertEquals(1_250_000, now().nextXid());
        write("");
        done(guard(true).repair(start(false), repair(1_000)));
        assertEquals(2_250_000, now().nextXid(), "the copy knew better");
    }

    @Test
    void anIdThatCannotBeRightIsRefused() throws IOException {
        keeper().look(directory, "gtm");
        write("");
        assertTrue(refused(guard(true).repair(start(false, database("dn", 120_000)), repair(110_000)))
                .contains("lower than 120000"));
        assertTrue(refused(guard(true).repair(start(false), repair(3_000_000_000L))).contains("away from 100000"));
        assertEquals("", Files.readString(control()));
    }

    @Test
    void aCopyThatIsMinutesOlderThanTheFileNeedsTheOperatorsId() throws IOException {
        keeper().look(directory, "gtm");
        time = time.plus(Duration.ofMinutes(6));
        write("");
        assertTrue(refused(guard(true).repair(start(false), PLAIN)).contains("360 s older"));
        done(guard(true).repair(start(false), repair(300_000)));
        assertEquals(1_300_000, now().nextXid());
    }

    @Test
    void withoutAnyFileTheOperatorsIdIsEnoughAndLessIsNot() throws IOException {
        Files.delete(control());
        assertTrue(refused(guard(true).repair(start(false), PLAIN)).contains("--xid"));
        done(guard(true).repair(start(false), repair(2_000_000)));
        assertEquals(3_000_000, now().nextXid());
        assertEquals(0, now().sequences());
        build = Optional.of(new ServerBuild("postgres (PostgreSQL) 9.5.8 (Postgres-XL 9.5r1.6)"));
        Files.delete(control());
        copies().setAside(time);
        done(guard(true).repair(start(false), repair(2_000_000)));
        assertEquals(20160302, now().version());
    }

    @Test
    void aFileThatIsTrustedStartsWhateverTheCopiesSay() throws IOException {
        keeper().look(directory, "gtm");
        write(80_000, 1, 0);
        blocked(start(false));
        done(guard(true).repair(start(false), TRUST));
        assertEquals(80_000, now().nextXid());
        assertEquals(CLEAR, guard(true).before(start(false)));
        write("");
        refused(guard(true).repair(start(false), TRUST));
    }

    @Test
    void onlyAGtmCanBeRepaired() {
        refused(guard(true).repair(new Start(directory, Role.DATANODE, "x", false, List.of()), PLAIN));
    }

    // Servers that lack the mends.

    @Test
    void withoutTheMendsAGtmThatHasServedWaitsForTheOperatorAndThenStartsWithRaisedIds() throws IOException {
        build = Optional.of(new ServerBuild("postgres (PostgreSQL) 10.9 (Postgres-XL 10r1.1)"));
        String before = Files.readString(control());
        assertTrue(blocked(start(false)).contains("restart every coordinator, then: pgxl start data/gtm"));
        assertEquals(before, Files.readString(control()));
        assertEquals(CLEAR, guard(true).before(start(true)));
        assertEquals(100_000, now().nextXid());
        assertEquals(50 + (1L << 40), now().snapshotId());
        assertEquals(90_000, now().globalXmin());
        assertTrue(Files.readString(control()).endsWith(SEQUENCE));
    }

    @Test
    void whoPrefersItHasItStartedAtOnceWithRaisedIdsAndAWarning() throws IOException {
        build = Optional.of(new ServerBuild(""));
        write("version: 20181008\nnext_xid: 1052004\nglobal_xmin: 1052004\nsnapid: 7\n");
        assertEquals(CLEAR, guard(false).before(start(false)));
        assertEquals(952_004, now().globalXmin(), "a restore point's");
        assertTrue(log.get(log.size() - 1).startsWith("WARN gtm data/gtm: the servers lack the mends"), log.toString());
    }

    @Test
    void withoutTheMendsTheFirstStartAfterInitgtmIsLikeAnyOther() throws IOException {
        build = Optional.of(new ServerBuild(""));
        write("version: 20181008\nnext_xid: 10000\nglobal_xmin: 10000\nsnap_id: 1\n");
        assertEquals(CLEAR, guard(true).before(start(false)));
        Files.delete(directory.resolve("gtm.opts"));
        write("");
        assertEquals(CLEAR, guard(true).before(start(false)), "of 9.5");
    }

    @Test
    void itWaitsUntilItIsKnownWhetherTheServersHaveThem() throws IOException {
        build = Optional.empty();
        assertInstanceOf(Verdict.NotYetKnown.class, guard(true).before(start(false)));
    }
}
