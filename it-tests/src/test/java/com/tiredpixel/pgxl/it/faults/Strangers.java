package com.tiredpixel.pgxl.it.faults;

import com.tiredpixel.pgxl.it.Cluster;
import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Sandbox;
import java.util.ArrayList;
import java.util.List;

/**
 * Canaries: processes of the same user that no cleaning up may touch. One sits in a data directory, as an operator's
 * shell does; one calls itself what a child of a postmaster calls itself.
 */
final class Strangers {
    private final Sandbox sandbox;
    private final List<String> pids = new ArrayList<>();

    Strangers(Cluster cluster, Node node) {
        sandbox = cluster.sandbox();
        int number = 700_000;
        for (String command : List.of(
                "cd " + node.path() + " && exec sleep ",
                "exec -a 'postgres: checkpointer process' sleep ",
                "exec sleep ")) {
            number++;
            cluster.operator().ssh().start(command + number);
            pids.add(sandbox.exec("root", "for i in $(seq 200); do pgrep -f '[ a-z]" + number
                    + "$' && exit; sleep 0.05; done; exit 1").orFail().text().lines().findFirst().orElseThrow());
        }
    }

    /** @return how many of them have been ended by somebody else */
    int ended() {
        return (int) pids.stream().filter(pid -> sandbox.exec("root", "kill -0 " + pid).code() != 0).count();
    }

    /** Ends one, for a test of the count. */
    void endOne() {
        sandbox.exec("root", "kill -9 " + pids.get(0)).orFail();
    }
}
