package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One volume on a network file system, and more than one machine that mounts it. */
@OnStage
class SharedVolumeIT {
    private static final Node NODE = Cluster.DATANODE;

    @Test
    void theSecondMachineWaitsWhileTheFirstLivesAndTakesOverAfterACleanStop(Stage stage) {
        var volume = new SharedVolume(stage, Cluster.volume(stage));
        Cluster first = Cluster.start(stage, stage.sandbox("first", volume.mount()));
        Sandbox second = stage.sandbox("second", volume.mount()).onAnotherMachine().start();
        for (Node node : Cluster.NODES) {
            second.log().await(0, node.subject() + ": LOCKED_OUT: .* whose agent runs on host first and shows that it lives",
                    Await.LONG);
        }
        assertEquals(List.of(), second.log().lines(0, "removed the stale"));
        assertEquals(0, first.sandbox().stop(Duration.ofSeconds(30)));
        for (Node node : Cluster.NODES) {
            second.log().awaitState(0, node, "RUNNING");
        }
        new Operator(stage, second).awaitSql(
                Cluster.COORDINATOR, Integer.toString(Cluster.ROWS), "SELECT count(*) FROM kept");
        assertEquals(List.of(), second.log().lines(0, "unexpected in state"));
    }

    /** Two containers of one machine, each with a mount of its own, as a volume driver may make them. */
    @Test
    void afterTheDeathOfTheFirstNothingStartsThroughAnotherMountUntilTheOperatorHasMadeSure(Stage stage) {
        var volume = new SharedVolume(stage, Cluster.volume(stage));
        Cluster first = Cluster.start(stage, stage.sandbox("first", volume.mount()));
        Path pidFile = first.sandbox().volume().resolve(NODE.pidFile());
        Sandbox second = stage.sandbox("second", volume.mount()).start();
        second.log().awaitState(0, NODE, "LOCKED_OUT");
        first.sandbox().kill();
        for (Node node : Cluster.NODES) {
            SharedVolume.awaitWayOut(second, node);
        }
        assertTrue(java.nio.file.Files.exists(pidFile), "nothing is called stale");
        Await.stays(Duration.ofSeconds(3), "that nothing starts", () ->
                second.log().lines(0, ": (STARTING|RUNNING): ").isEmpty());
        for (Node node : Cluster.NODES) {
            assertTrue(SharedVolume.followWayOut(second, node));
        }
        for (Node node : Cluster.NODES) {
            second.log().awaitState(0, node, "RUNNING");
        }
    }

    /** As `docker restart` does it, and a container that is made anew on the same machine. */
    @Test
    void throughTheSameMountTheSecondContainerTakesOverByItselfWhenTheFirstIsDead(Stage stage) {
        Path mount = new SharedVolume(stage, Cluster.volume(stage)).mount();
        Cluster first = Cluster.start(stage, stage.sandbox("first", mount));
        Sandbox second = stage.sandbox("second", mount).start();
        second.log().awaitState(0, NODE, "LOCKED_OUT");
        first.sandbox().kill();
        for (Node node : Cluster.NODES) {
            second.log().awaitState(0, node, "RUNNING");
        }
        assertTrue(second.log().lines(0, NODE.subject() + ": took .* over from the agent of host first").size() == 1);
        assertEquals(3, second.log().lines(0, "removed the stale .*/(postmaster|gtm).pid").size(), "proven stale");
    }

    @Test
    void aFrozenMachineThatAnOperatorGaveUpEndsItsServerWhenItGoesOn(Stage stage) {
        var volume = new SharedVolume(stage, Cluster.volume(stage));
        Sandbox first = Cluster.start(stage, stage.sandbox("first", volume.mount())).sandbox();
        Sandbox second = stage.sandbox("second", volume.mount()).onAnotherMachine().start();
        second.log().awaitState(0, NODE, "LOCKED_OUT");
        first.signal(19);
        SharedVolume.awaitWayOut(second, NODE);
        SharedVolume.followWayOut(second, NODE);
        int mark = second.log().awaitState(0, NODE, "RUNNING");

        int thawed = first.log().mark();
        first.signal(18);
        first.log().await(thawed, NODE.subject() + ": the agent of host second has .* ends its server at once", Await.LONG);
        first.log().awaitState(thawed, NODE, "STOPPED");
        Await.stays(Duration.ofSeconds(5), "that the second's server goes on",
                () -> second.log().states(mark, NODE).isEmpty());
        assertEquals(List.of(), first.log().states(thawed, NODE).stream().filter("RUNNING"::equals).toList());
    }

    /** On this volume a pid file may be anybody's: of an agent before this one, or of none. */
    @Test
    void aPidFileWithoutAnOwnerIsLeftAndTheLogSaysWhatToDo(Stage stage) throws Exception {
        Path source = Cluster.volume(stage);
        Path pidFile = source.resolve(NODE.pidFile());
        java.nio.file.Files.writeString(pidFile, "57\n" + NODE.path() + "\n1\n");
        Kernel.giveToPostgres(pidFile);
        Sandbox only = stage.sandbox("only", new SharedVolume(stage, source).mount()).start();
        only.log().await(0, NODE.subject() + ": BLOCKED: there is a pid file in .*, and nobody knows whose", Await.LONG);
        java.nio.file.Files.delete(pidFile);
        only.log().awaitState(0, NODE, "RUNNING");
    }
}
