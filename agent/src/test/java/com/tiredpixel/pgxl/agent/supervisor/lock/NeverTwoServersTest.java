package com.tiredpixel.pgxl.agent.supervisor.lock;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Containers on three kernels and four mounts of one volume, and random events in their lives: they start, die, are
 * frozen, go on, stop in order, at any moment. However long that goes on, no two of them serve one directory, and those
 * that are frozen count.
 */
class NeverTwoServersTest {
    private static final int STEPS = 6_000;

    @TempDir
    Path volume;

    private final List<String> history = new ArrayList<>();
    private Duration now = Duration.ofHours(1);
    private int started;
    private int served;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverHappensToThem(long seed) throws IOException {
        assertTrue(mostServersAtOnce(seed, VolumeLocks.Mode.AUTO) == 1, () -> String.join("\n", history));
        assertTrue(served > 20, "so often one served: " + served);
    }

    /** The negative control: the kernel's lock alone, which is how it is on a disk of one kernel. */
    @Test
    void withTheLockOfEachKernelAloneThereAreTwo() throws IOException {
        assertTrue(mostServersAtOnce(1, VolumeLocks.Mode.LOCAL) > 1);
    }

    private int mostServersAtOnce(long seed, VolumeLocks.Mode mode) throws IOException {
        Path directory = Files.createDirectories(volume.resolve("data/dn1"));
        Random random = new Random(seed);
        List<Machine.Mount> mounts = List.of(
                new Machine.Mount("fuse.x", "0:53"), new Machine.Mount("fuse.x", "0:54"),
                new Machine.Mount("fuse.x", "0:53"), new Machine.Mount("fuse.x", "0:99"));
        String[] boots = {"boot-a", "boot-a", "boot-b", "boot-c"};
        List<Machine> machines = new ArrayList<>();
        int most = 0;
        for (int step = 0; step < STEPS; step++) {
            now = now.plusMillis(random.nextInt(700));
            if (machines.size() < 5) {
                int where = random.nextInt(4);
                machines.add(new Machine("m" + ++started, boots[where], mounts.get(where), mode, () -> now, directory));
            }
            Machine machine = machines.get(random.nextInt(machines.size()));
            boolean servedBefore = machine.serves;
            String event = event(random, machine);
            served += machine.serves && !servedBefore ? 1 : 0;
            machines.removeIf(one -> one.dead);
            history.add(now + " " + machine.name + " " + event + (machine.serves ? ", serves" : ""));
            int serving = (int) machines.stream().filter(one -> one.serves).count();
            most = Math.max(most, serving);
            if (most > 1) {
                break;
            }
            if (serving == 0 && random.nextInt(20) == 0) {
                operatorMakesSure(directory);
            }
        }
        return most;
    }

    private String event(Random random, Machine machine) {
        int kind = random.nextInt(200);
        if (machine.frozen) {
            if (kind < 20) {
                machine.frozen = false;
                return "goes on";
            }
            if (kind < 24) {
                machine.die();
                return "dies";
            }
            return "is frozen";
        }
        if (kind < 2) {
            machine.die();
            return "dies";
        }
        if (kind < 6) {
            machine.frozen = true;
            return "is frozen";
        }
        if (kind < 12 && machine.serves) {
            machine.stopInOrder();
            return "stops in order";
        }
        if (kind < 14) {
            boolean crashed = machine.serves;
            machine.serves = false;
            return crashed ? "has its server killed" : "idles";
        }
        if (kind < 100) {
            machine.beat();
            return "beats";
        }
        return "tries: " + machine.tryToStart();
    }

    /** What the log asks for: nobody serves, and so he removes the record and the pid file. */
    private void operatorMakesSure(Path directory) {
        Machine.delete(directory.resolveSibling(".dn1.pgxl-lock").resolve("owner"));
        Machine.delete(directory.resolve(Machine.PID_FILE));
        history.add(now + " the operator removes record and pid file");
    }
}
