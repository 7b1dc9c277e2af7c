package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.node.Program;
import com.tiredpixel.pgxl.agent.status.http.Response;
import com.tiredpixel.pgxl.agent.status.probe.ProbeResult;
import com.tiredpixel.pgxl.agent.supervisor.Overview;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The answers to the four questions that machines ask. Pure: facts in, verdict out.
 *
 * @param good whether all is well, in the sense of the question
 * @param lines the reasons, at least one
 */
record Health(boolean good, List<String> lines) {
    /** The supervisor turns every two seconds, the thread of SSH when it is asked; what has not for so long hangs. */
    static final Duration HUNG = Duration.ofSeconds(30);

    private static final String WAITING = "waiting: there is no node on the volume yet";

    Health {
        lines = List.copyOf(lines);
    }

    /** Does the agent itself work? For whoever would kill it: no state of a database makes this false. */
    static Health live(Overview overview, Duration sshSilence, Duration now) {
        Duration age = now.minus(overview.at());
        List<String> obstacles = new ArrayList<>();
        if (age.compareTo(HUNG) >= 0) {
            obstacles.add("the supervisor has not turned for " + age.toSeconds() + " s");
        }
        if (sshSilence.compareTo(HUNG) >= 0) {
            obstacles.add("the thread of SSH has not turned for " + sshSilence.toSeconds() + " s");
        }
        return obstacles.isEmpty() ? new Health(true, List.of("live")) : new Health(false, obstacles);
    }

    /** Does every node serve? For whoever sends clients. */
    static Health ready(Overview overview, List<NodeView> nodes) {
        List<String> obstacles = general(overview);
        for (NodeView node : nodes) {
            if (!node.ready()) {
                obstacles.add(called(node) + ": " + node.availability().sentence());
            }
        }
        return verdict(obstacles, nodes, "ready");
    }

    /**
     * Is nothing broken here that the operator did not ask for? For a {@code HEALTHCHECK} of the operator's own; the
     * image's asks {@link #live}. An orchestrator that ends an unhealthy container must not end one in which a node is
     * held, stopped or full, nor every coordinator and datanode because GTM, elsewhere, is down.
     */
    static Health healthy(Overview overview, List<NodeView> nodes) {
        List<String> obstacles = general(overview);
        for (NodeView node : nodes) {
            if (isBroken(node)) {
                obstacles.add(called(node) + ": " + node.availability().sentence());
            }
        }
        return verdict(obstacles, nodes, "healthy");
    }

    private static boolean isBroken(NodeView node) {
        return switch (node.report().state()) {
            case STOPPED, HELD, STOPPING, GONE -> false;
            // A session of a server that has lost its GTM fails, or hangs: the server itself is well.
            case RUNNING -> node.availability().answer()
                    .filter(kind -> kind == ProbeResult.Kind.REFUSED
                            || kind == ProbeResult.Kind.SILENT && node.report().role().program() != Program.POSTGRES)
                    .isPresent();
            default -> true;
        };
    }

    /** Has every node that the container found had its start? */
    static Health startup(Overview overview, List<NodeView> nodes) {
        List<String> obstacles = new ArrayList<>();
        if (overview.phase() == Overview.Phase.BEGINNING) {
            obstacles.add("some nodes wait for their turn");
        }
        for (NodeView node : nodes) {
            switch (node.report().state()) {
                case CLEARING, LOCKED_OUT, BLOCKED, STARTING, SETTLING, BACKING_OFF ->
                        obstacles.add(called(node) + ": " + node.availability().sentence());
                default -> {
                }
            }
        }
        return verdict(obstacles, nodes, "started");
    }

    private static List<String> general(Overview overview) {
        List<String> obstacles = new ArrayList<>();
        if (overview.phase() == Overview.Phase.STOPPING) {
            obstacles.add("the container stops");
        } else if (overview.phase() == Overview.Phase.BEGINNING) {
            obstacles.add("the container starts");
        }
        overview.contradictions().forEach(found -> obstacles.add(
                com.tiredpixel.pgxl.agent.log.VisibleText.of(found.directory() + " is not started: " + found.what()
                        + "; the way out: " + found.remedy())));
        return obstacles;
    }

    private static Health verdict(List<String> obstacles, List<NodeView> nodes, String word) {
        if (!obstacles.isEmpty()) {
            return new Health(false, obstacles);
        }
        return new Health(true, List.of(nodes.isEmpty() ? WAITING : word));
    }

    private static String called(NodeView node) {
        return node.report().role().label() + " " + node.name();
    }

    Response response() {
        return Response.text(good ? 200 : 503, String.join("\n", lines) + "\n");
    }
}
