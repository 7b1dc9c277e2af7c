package com.tiredpixel.pgxl.it.faults;

import com.tiredpixel.pgxl.it.Await;
import com.tiredpixel.pgxl.it.Cluster;
import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Pgxl;
import com.tiredpixel.pgxl.it.Sandbox;
import com.tiredpixel.pgxl.it.Stage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/**
 * A random life of three nodes, and a model that says of each in which state it must be after every event. A failure
 * names its seed; {@code -Dpgxl.faults.seed=N} plays that life again.
 */
@Faults
class ScheduleIT {
    private enum Event {
        STOP, START, CRASH, HOLD, RELEASE, ORDER_RESTART, HANG_UP, CONTAINER_STOP, CONTAINER_KILL
    }

    private enum Model {
        RUNNING, STOPPED, HELD, RUNNING_HELD
    }

    private final Map<Node, Model> model = new HashMap<>();
    private Cluster cluster;
    private Path volume;

    @Test
    void everyNodeIsWhereTheModelSaysAfterEveryEvent(Stage stage) {
        long seed = Long.getLong("pgxl.faults.seed", System.nanoTime() & 0xffffff);
        var random = new Random(seed);
        volume = Cluster.volume(stage);
        open(stage);
        Cluster.NODES.forEach(node -> model.put(node, Model.RUNNING));
        var counts = new EnumMap<Event, Integer>(Event.class);
        long end = System.nanoTime() + Scale.time(Duration.ofSeconds(25), Duration.ofHours(1)).toNanos();
        try (var row = new Row(10, "a random event in the life of three nodes, checked against a model", ScheduleIT.class)
                .opposite("`aModelThatIsWrongIsFoundOut`")) {
            row.note("seed " + seed);
            for (int step = 1; System.nanoTime() < end; step++) {
                Event event = Event.values()[random.nextInt(Event.values().length)];
                Node node = Cluster.NODES.get(random.nextInt(Cluster.NODES.size()));
                String where = "seed " + seed + ", step " + step + ", " + event + " of " + node.subject() + ", " + model;
                row.round(() -> {
                    long start = System.nanoTime();
                    try {
                        happen(stage, event, node);
                        check(Duration.ofSeconds(60));
                    } catch (AssertionError | RuntimeException e) {
                        throw new AssertionError(where + ": " + e.getMessage() + "\n"
                                + new Pgxl(cluster.sandbox()).run("status"), e);
                    }
                    row.timed(start);
                });
                counts.merge(event, 1, Integer::sum);
            }
            row.note(counts.toString());
        }
    }

    @Test
    void aModelThatIsWrongIsFoundOut(Stage stage) {
        volume = Cluster.volume(stage);
        open(stage);
        Cluster.NODES.forEach(node -> model.put(node, Model.RUNNING));
        model.put(Cluster.GTM, Model.STOPPED);
        Assertions.assertThrows(AssertionError.class, () -> check(Duration.ofSeconds(2)));
    }

    private void open(Stage stage) {
        Sandbox sandbox = stage.sandbox("life", volume)
                .set("PGXL_BACKOFF_MAX", "1s").set("PGXL_BACKOFF_RESET", "100ms").start();
        cluster = Cluster.on(stage, sandbox);
        new Pgxl(sandbox).await();
    }

    private void happen(Stage stage, Event event, Node node) {
        Model before = model.get(node);
        boolean up = before == Model.RUNNING || before == Model.RUNNING_HELD;
        var pgxl = new Pgxl(cluster.sandbox());
        switch (event) {
            case STOP -> {
                if (up) {
                    cluster.operator().stop(node).orFail();
                    model.put(node, before == Model.RUNNING ? Model.STOPPED : Model.HELD);
                }
            }
            case START -> {
                if (!up) {
                    cluster.operator().start(node).orFail();
                    model.put(node, before == Model.STOPPED ? Model.RUNNING : Model.RUNNING_HELD);
                }
            }
            case CRASH -> {
                if (up) {
                    cluster.operator().crash(node);
                    model.put(node, before == Model.RUNNING ? Model.RUNNING : Model.HELD);
                }
            }
            case HOLD -> {
                pgxl.run("hold", node.directory()).orFail();
                model.put(node, up ? Model.RUNNING_HELD : Model.HELD);
            }
            case RELEASE -> {
                pgxl.run("release", node.directory());
                model.put(node, before == Model.STOPPED ? Model.STOPPED : Model.RUNNING);
            }
            case ORDER_RESTART -> {
                if (before == Model.RUNNING) {
                    pgxl.run("restart", node.directory());
                }
            }
            case HANG_UP -> cluster.sandbox().signal(1);
            case CONTAINER_STOP, CONTAINER_KILL -> {
                if (event == Event.CONTAINER_STOP) {
                    cluster.sandbox().stop(Duration.ofSeconds(20));
                } else {
                    cluster.sandbox().kill();
                    cluster.sandbox().exitCode(Await.LONG);
                }
                open(stage);
                model.replaceAll((each, was) -> was == Model.HELD || was == Model.RUNNING_HELD ? Model.HELD : Model.RUNNING);
            }
        }
    }

    /** Each node comes where the model says, and is still there a moment later. */
    private void check(Duration deadline) {
        Await.until(deadline, "agreement with " + model, this::agrees);
        Await.stays(Duration.ofMillis(600), "agreement with " + model, this::agrees);
    }

    private boolean agrees() {
        List<String> lines = new Pgxl(cluster.sandbox()).nodes();
        return Cluster.NODES.stream().allMatch(node -> {
            String state = switch (model.get(node)) {
                case RUNNING, RUNNING_HELD -> "RUNNING";
                case STOPPED -> "STOPPED";
                case HELD -> "HELD";
            };
            return lines.stream().anyMatch(line -> line.startsWith(node.name() + " ") && line.contains(" " + state));
        });
    }
}
