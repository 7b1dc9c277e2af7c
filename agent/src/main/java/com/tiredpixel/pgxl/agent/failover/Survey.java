package com.tiredpixel.pgxl.agent.failover;

import com.tiredpixel.pgxl.agent.sql.ClusterNode;
import com.tiredpixel.pgxl.agent.sql.Conversation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Asks the nodes of a cluster at once where one of them is, and whoever is there who he is. */
final class Survey {
    /** Of a cluster of hundreds not all are asked; coordinators first, for a failover tells them. */
    private static final int MOST = 8;
    private static final String DATABASE = "postgres";

    private final Conversation talk;
    private final Executor threads;

    Survey(Conversation talk, Executor threads) {
        this.talk = talk;
        this.threads = threads;
    }

    /** @return what a server says; nothing of a server that does not say who it is */
    Optional<Answer> ask(ClusterNode where, boolean ninePointFive) {
        return talk.say(where, DATABASE, Answer.questions(ninePointFive), true) instanceof Conversation.Result.Said said
                ? Optional.of(Answer.parse(said.text())).filter(answer -> answer.self().isPresent())
                : Optional.empty();
    }

    /**
     * @param name of the node
     * @param coordinator whether it is one; otherwise a datanode
     * @param nodes of its cluster, as it knows them
     * @return the claims to that name
     */
    List<Claim> claims(String name, boolean coordinator, List<ClusterNode> nodes, boolean ninePointFive) {
        Map<ClusterNode, List<String>> saidBy = new LinkedHashMap<>();
        Map<ClusterNode, CompletableFuture<Optional<Self>>> servers = new LinkedHashMap<>();
        nodes.stream().filter(node -> node.name().equals(name) && node.coordinator() == coordinator).forEach(
                node -> note(node, Claim.ITS_OWN, saidBy, servers, ninePointFive));
        List<CompletableFuture<Void>> peers = nodes.stream()
                .filter(node -> !node.name().equals(name))
                .sorted(Comparator.comparing((ClusterNode node) -> !node.coordinator()).thenComparing(ClusterNode::name))
                .limit(MOST)
                .map(peer -> CompletableFuture.runAsync(() -> ask(peer, ninePointFive)
                        .filter(answer -> isBelieved(answer, peer))
                        .stream().flatMap(answer -> answer.nodes().stream())
                        .filter(node -> node.name().equals(name) && node.coordinator() == coordinator)
                        .forEach(node -> note(node, peer.name(), saidBy, servers, ninePointFive)), threads))
                .toList();
        peers.forEach(CompletableFuture::join);
        var claims = new ArrayList<Claim>();
        saidBy.forEach((where, names) -> claims.add(new Claim(
                names.stream().sorted().toList(), where, servers.get(where).join())));
        return claims;
    }

    /** A standby knows only what its master knew when it was cut off. */
    private static boolean isBelieved(Answer answer, ClusterNode peer) {
        return answer.self().filter(self -> self.name().equals(peer.name()) && !self.inRecovery()).isPresent();
    }

    private void note(
            ClusterNode node, String by, Map<ClusterNode, List<String>> saidBy,
            Map<ClusterNode, CompletableFuture<Optional<Self>>> servers, boolean ninePointFive) {
        var where = new ClusterNode("", node.coordinator(), 0, node.host(), node.port());
        synchronized (saidBy) {
            saidBy.computeIfAbsent(where, any -> new ArrayList<>()).add(by);
            servers.computeIfAbsent(where, any -> CompletableFuture.supplyAsync(
                    () -> ask(where, ninePointFive).flatMap(Answer::self), threads));
        }
    }
}
