package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.supervisor.NodeCommand.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Carries out orders, and answers each when the node has come where it should. Supervisor's thread only. */
final class NodeCommands {
    private static final int MOST_WAITING = 64;
    private static final Duration OBSTACLES_PASS = Duration.ofSeconds(5);

    private final SupervisorContext context;
    private final List<Waiting> waiting = new ArrayList<>();

    private enum Aim {
        UP, DOWN, DOWN_THEN_UP
    }

    /** @param again why it is started, if it is to come up again */
    private record Waiting(WatchedNode node, Aim aim, CompletableFuture<Result> answer, String again) {
    }

    NodeCommands(SupervisorContext context) {
        this.context = context;
    }

    void give(WatchedNode node, NodeCommand order, CompletableFuture<Result> answer) {
        if (!node.answers()) {
            refuse(answer, "cannot be steered: its directory does not answer");
        } else if (waiting.size() >= MOST_WAITING) {
            refuse(answer, MOST_WAITING + " orders are under way; try again when some are done");
        } else if (order instanceof NodeCommand.Start) {
            start(node, answer);
        } else if (order instanceof NodeCommand.Stop stop) {
            stop(node, stop.mode(), "the operator stops it", new Waiting(node, Aim.DOWN, answer, ""));
        } else if (order instanceof NodeCommand.Restart restart) {
            restart(node, restart.mode(), answer);
        } else if (order instanceof NodeCommand.GiveWay givesWay) {
            giveWay(node, givesWay.why(), answer);
        } else if (order instanceof NodeCommand.Hold) {
            hold(node, answer);
        } else if (order instanceof NodeCommand.Release) {
            release(node, answer);
        } else if (order instanceof NodeCommand.RepairGtm repair) {
            answer.complete(node.repair(repair.repair()));
        }
    }

    /** Answers those whose node has come where it should, or cannot. */
    void advance() {
        Each.of(List.copyOf(waiting), one -> {
            boolean over = one.node().answers() && switch (one.aim()) {
                case UP -> isUpOrStuck(one);
                case DOWN -> isDown(one);
                case DOWN_THEN_UP -> goesUpAgain(one);
            };
            if (over) {
                waiting.remove(one);
            }
        });
    }

    /** The container stops: nothing that waits will come true. */
    void refuseAll() {
        while (!waiting.isEmpty()) {
            refuse(waiting.get(0).answer(), "the container stops");
            waiting.remove(0);
        }
    }

    private void start(WatchedNode node, CompletableFuture<Result> answer) {
        switch (node.state()) {
            case RUNNING -> done(answer, "runs already, " + server(node));
            case HELD -> refuse(answer, "is held: pgxl release starts it");
            case STOPPING -> refuse(answer, "is stopping; try again when it is down");
            case GONE -> refuse(answer, "has been removed");
            default -> {
                waiting.add(new Waiting(node, Aim.UP, answer, ""));
                node.startOrdered("the operator started it");
            }
        }
    }

    private void stop(WatchedNode node, NodeCommand.StopMode mode, String why, Waiting one) {
        if (node.state() == NodeState.STOPPED || node.state() == NodeState.HELD) {
            done(one.answer(), "is down already");
            return;
        }
        waiting.add(one);
        boolean told = false;
        try {
            node.stopRequested(why);
            node.tellToStop(mode.stage());
            told = true;
        } finally {
            if (!told) {
                // Else a server that goes on would be taken for one that has come up again.
                waiting.remove(one);
            }
        }
    }

    private void restart(WatchedNode node, NodeCommand.StopMode mode, CompletableFuture<Result> answer) {
        if (node.isHeld()) {
            refuse(answer, "is held, so it would stay down: pgxl release first");
        } else if (node.server().isPresent()) {
            stop(node, mode, "the operator stops it",
                    new Waiting(node, Aim.DOWN_THEN_UP, answer, "the operator restarts it"));
        } else {
            start(node, answer);
        }
    }

    /** One that is held has been started by somebody else, and stays down afterwards. */
    private void giveWay(WatchedNode node, String why, CompletableFuture<Result> answer) {
        if (node.server().isEmpty()) {
            done(answer, "is down");
        } else if (node.state() != NodeState.STOPPING) {
            stop(node, NodeCommand.StopMode.FAST, why,
                    new Waiting(node, node.isHeld() ? Aim.DOWN : Aim.DOWN_THEN_UP, answer, "it gave way, and waits"));
        } else {
            refuse(answer, "is stopping");
        }
    }

    private void hold(WatchedNode node, CompletableFuture<Result> answer) {
        Optional<String> trouble = node.hold("the operator holds it");
        if (trouble.isPresent()) {
            refuse(answer, "cannot be held, because the hold cannot be kept in " + context.holds().file() + ": "
                    + trouble.get());
            return;
        }
        done(answer, node.server().isPresent()
                ? "is held: its server goes on, and will not be started again until pgxl release"
                : "is held: it stays down until pgxl release");
    }

    private void release(WatchedNode node, CompletableFuture<Result> answer) {
        if (!node.isHeld()) {
            done(answer, "is not held");
            return;
        }
        Optional<String> trouble = node.release("the operator released it");
        if (trouble.isPresent()) {
            refuse(answer, "stays held, for " + context.holds().file() + " cannot be written: " + trouble.get());
            return;
        }
        if (node.server().isPresent() && node.state() == NodeState.RUNNING) {
            done(answer, "is released: its server goes on");
        } else {
            waiting.add(new Waiting(node, Aim.UP, answer, ""));
        }
    }

    private static boolean isUpOrStuck(Waiting one) {
        WatchedNode node = one.node();
        return switch (node.state()) {
            case RUNNING -> done(one.answer(), "runs, " + server(node));
            case CLEARING, STARTING, SETTLING -> false;
            case STOPPED, HELD, STOPPING, GONE -> refuse(one.answer(), "did not start: " + described(node));
            // A dying child of the last postmaster stands in the way for a moment.
            case BLOCKED, LOCKED_OUT -> node.report().inState().compareTo(OBSTACLES_PASS) >= 0 && refuse(
                    one.answer(), "did not start: " + described(node) + "; the agent keeps trying");
            case BACKING_OFF -> refuse(one.answer(), "did not start: " + described(node) + "; the agent keeps trying");
        };
    }

    private static boolean isDown(Waiting one) {
        return switch (one.node().state()) {
            case STOPPED, HELD, GONE -> done(one.answer(), "is down");
            case STOPPING, SETTLING -> false;
            default -> refuse(one.answer(), "somebody started it meanwhile: " + described(one.node()));
        };
    }

    private boolean goesUpAgain(Waiting one) {
        if (one.node().state() == NodeState.STOPPING || one.node().state() == NodeState.SETTLING) {
            return false;
        }
        if (one.node().state() == NodeState.STOPPED) {
            one.node().startOrdered(one.again());
        }
        waiting.add(new Waiting(one.node(), Aim.UP, one.answer(), ""));
        return true;
    }

    private static String described(WatchedNode node) {
        NodeReport report = node.report();
        return report.state() + ", " + report.reason();
    }

    private static String server(WatchedNode node) {
        return "pid " + node.server().map(server -> Integer.toString(server.pid())).orElse("?");
    }

    private static boolean done(CompletableFuture<Result> answer, String said) {
        answer.complete(new Result.Done(said));
        return true;
    }

    private static boolean refuse(CompletableFuture<Result> answer, String said) {
        answer.complete(new Result.Refused(said));
        return true;
    }
}
