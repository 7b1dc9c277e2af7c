package com.tiredpixel.pgxl.it.faults;

import com.tiredpixel.pgxl.it.Node;
import com.tiredpixel.pgxl.it.Pgxl;
import com.tiredpixel.pgxl.it.Places;
import com.tiredpixel.pgxl.it.ledger.Ledger;
import com.tiredpixel.pgxl.it.ledger.LedgerCluster;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What {@link LedgerIT} breaks.
 *
 * @param words what breaks, unique
 * @param deed breaks it
 * @param setup what else there is in the cluster where it breaks
 */
record LedgerFault(String words, Deed deed, UnaryOperator<LedgerCluster> setup) {
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final int FROZEN_SECONDS = 10;
    /** Only faults whose words contain a match of it. */
    private static final Pattern ONLY = Pattern.compile(System.getProperty("pgxl.ledger", ""));

    private static final Set<String> QUICK = Set.of("`kill -9` of GTM", "`kill -9` of one backend of a datanode",
            "container of a datanode stopped", "containers of all at once killed");

    private static final LedgerFault BY_THE_RULE = new LedgerFault(
            "`kill -9` of an unmended GTM, coordinators restarted before its `pgxl start`",
            LedgerFault::killGtmAndFollowTheRule, LedgerCluster::withWaitingGtm);

    /** Breaks it; what the agent or Docker would not bring back it brings back. */
    interface Deed {
        void on(LedgerCluster cluster, Ledger ledger) throws Exception;
    }

    LedgerFault(String words, Deed deed) {
        this(words, deed, cluster -> cluster);
    }

    private LedgerFault in(String place, UnaryOperator<LedgerCluster> other) {
        return new LedgerFault(words + place, deed, other);
    }

    @Override
    public String toString() {
        return words;
    }

    /** In the quick form the ones that lost most without the mends. */
    static Stream<LedgerFault> chosen() {
        return Stream.concat(all(), Places.mended() ? Stream.of() : Stream.of(BY_THE_RULE))
                .filter(one -> !Scale.isQuick() || QUICK.contains(one.words()))
                .filter(one -> ONLY.matcher(one.words()).find());
    }

    private static Stream<LedgerFault> all() {
        return Stream.of(
                killed("GTM", LedgerCluster.GTM),
                killed("a datanode", LedgerCluster.DATA2),
                killed("a coordinator", LedgerCluster.COORD1),
                killed("both datanodes", LedgerCluster.DATA1, LedgerCluster.DATA2),
                backend("a datanode", LedgerCluster.DATA2),
                backend("a coordinator", LedgerCluster.COORD1),
                new LedgerFault("`pgxl restart` of GTM", (cluster, ledger) -> new Pgxl(cluster.sandbox(LedgerCluster.GTM))
                        .run("restart", LedgerCluster.GTM.name()).orFail()),
                new LedgerFault("GTM stopped for 3 s by `pgxl stop`", (cluster, ledger) -> {
                    var pgxl = new Pgxl(cluster.sandbox(LedgerCluster.GTM));
                    pgxl.run("stop", LedgerCluster.GTM.name()).orFail();
                    pause(3);
                    pgxl.run("start", LedgerCluster.GTM.name()).orFail();
                }),
                container("killed", "a datanode", List.of(LedgerCluster.DATA2)),
                container("stopped", "a datanode", List.of(LedgerCluster.DATA2)),
                container("killed", "a coordinator", List.of(LedgerCluster.COORD1)),
                container("stopped", "a coordinator", List.of(LedgerCluster.COORD1)),
                container("killed", "GTM", List.of(LedgerCluster.GTM)),
                container("stopped", "GTM", List.of(LedgerCluster.GTM)),
                container("killed", "all at once", LedgerCluster.NODES),
                frozen("GTM", LedgerCluster.GTM),
                frozen("a datanode", LedgerCluster.DATA2),
                frozen("a coordinator", LedgerCluster.COORD1),
                new LedgerFault("SIGSTOP of a GTM slave until everybody is served", LedgerFault::freezeSlave,
                        LedgerCluster::withSlave),
                new LedgerFault("`kill -9` of a GTM slave", (cluster, ledger) -> {
                    kill(cluster, LedgerCluster.GTM_SLAVE, LedgerCluster.GTM_SLAVE);
                    cluster.awaitFollowing();
                }, LedgerCluster::withSlave),
                new LedgerFault("`kill -9` of the GTM proxy of a coordinator", (cluster, ledger) -> kill(cluster,
                        LedgerCluster.COORD1, LedgerCluster.proxyOf(LedgerCluster.COORD1)), LedgerCluster::withProxies),
                new LedgerFault("SIGSTOP of the GTM proxy of a coordinator for " + FROZEN_SECONDS + " s", (cluster, ledger) ->
                        freeze(cluster, LedgerCluster.COORD1, "gtm_proxy", () -> pause(FROZEN_SECONDS)),
                        LedgerCluster::withProxies),
                container("killed", "a coordinator", List.of(LedgerCluster.COORD1))
                        .in(" with its GTM proxy", LedgerCluster::withProxies),
                container("stopped", "a coordinator", List.of(LedgerCluster.COORD1))
                        .in(" with its GTM proxy", LedgerCluster::withProxies),
                killed("GTM", LedgerCluster.GTM).in(" behind GTM proxies", LedgerCluster::withProxies));
    }

    /** Of servers without the mends, where it waits for the operator: sessions end before GTM is back. */
    private static void killGtmAndFollowTheRule(LedgerCluster cluster, Ledger ledger) {
        int mark = cluster.sandbox(LedgerCluster.GTM).log().mark();
        kill(cluster, LedgerCluster.GTM, LedgerCluster.GTM);
        cluster.sandbox(LedgerCluster.GTM).log().awaitState(mark, LedgerCluster.GTM, "BLOCKED");
        for (Node coordinator : LedgerCluster.COORDINATORS) {
            new Pgxl(cluster.sandbox(coordinator)).run("restart", coordinator.directory()).orFail();
        }
        new Pgxl(cluster.sandbox(LedgerCluster.GTM)).run("start", LedgerCluster.GTM.directory()).orFail();
    }

    /** Its master has to go on without it, and it comes back by a restart. */
    private static void freezeSlave(LedgerCluster cluster, Ledger ledger) {
        cluster.awaitFollowing();
        freeze(cluster, LedgerCluster.GTM_SLAVE, "gtm", () -> {
            cluster.awaitService();
            ledger.awaitCommits(LedgerCluster.PATIENCE);
        });
        new Pgxl(cluster.sandbox(LedgerCluster.GTM_SLAVE)).run("restart", LedgerCluster.GTM_SLAVE.directory()).orFail();
        cluster.awaitFollowing();
    }

    static void kill(LedgerCluster cluster, Node where, Node server) {
        cluster.sandbox(where).exec("root", "kill -9 " + cluster.sandbox(where).nodePid(server).orElseThrow()).orFail();
    }

    private static void freeze(LedgerCluster cluster, Node where, String program, Runnable meanwhile) {
        String servers = "$(pgrep -x " + program + ")";
        cluster.sandbox(where).exec("root", "kill -STOP " + servers).orFail();
        try {
            meanwhile.run();
        } finally {
            cluster.sandbox(where).exec("root", "kill -CONT " + servers);
        }
    }

    private static LedgerFault killed(String what, Node... nodes) {
        return new LedgerFault("`kill -9` of " + what, (cluster, ledger) -> {
            for (Node node : nodes) {
                kill(cluster, node, node);
            }
        });
    }

    /** As the OOM killer does: the others of its postmaster are thrown out, and it recovers. */
    private static LedgerFault backend(String what, Node node) {
        return new LedgerFault("`kill -9` of one backend of " + what, (cluster, ledger) -> cluster.sandbox(node).exec("root",
                "kill -9 $(pgrep -f '^postgres: postgres postgres' | shuf -n 1)"));
    }

    private static LedgerFault container(String how, String what, List<Node> nodes) {
        return new LedgerFault((nodes.size() > 1 ? "containers of " : "container of ") + what + " " + how, (cluster, ledger) -> {
            CompletableFuture.allOf(nodes.stream().map(node -> CompletableFuture.runAsync(() -> {
                if (how.equals("killed")) {
                    cluster.sandbox(node).kill();
                    cluster.sandbox(node).exitCode(STOP);
                } else {
                    cluster.sandbox(node).stop(STOP);
                }
            })).toArray(CompletableFuture[]::new)).join();
            nodes.forEach(cluster::start);
        });
    }

    private static LedgerFault frozen(String what, Node node) {
        return new LedgerFault("SIGSTOP of " + what + " for " + FROZEN_SECONDS + " s", (cluster, ledger) -> freeze(cluster, node,
                node.isPostgres() ? "postgres" : node.role().label(), () -> pause(FROZEN_SECONDS)));
    }

    static void pause(double seconds) {
        LockSupport.parkNanos((long) (seconds * 1_000_000_000));
    }
}
