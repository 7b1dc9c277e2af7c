package com.tiredpixel.pgxl.agent.indoubt;

import com.tiredpixel.pgxl.agent.sql.ClusterNode;
import com.tiredpixel.pgxl.agent.sql.Conversation;
import com.tiredpixel.pgxl.agent.sql.Conversation.Result;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Asks the nodes of a cluster, each over a connection of its own, and takes no answer for none. */
final class Inquiry {
    private static final String DATABASE = "postgres";

    private final Conversation talk;
    private final Map<String, ClusterNode> byName = new LinkedHashMap<>();
    private final Map<Integer, ClusterNode> byId = new HashMap<>();

    Inquiry(Conversation talk, List<ClusterNode> nodes) {
        this.talk = talk;
        for (ClusterNode node : nodes) {
            byName.put(node.name(), node);
            byId.put(node.id(), node);
        }
    }

    /** What came of asking one node. */
    sealed interface Heard {

        /** @param replies of the node that was meant */
        record From(Replies replies) implements Heard {
        }

        /** @param why there is nothing to go by */
        record Nothing(String why) implements Heard {
        }
    }

    Heard ask(ClusterNode node, List<String> questions) {
        Result result = talk.say(node, DATABASE, questions, true);
        if (result instanceof Result.Nothing nothing) {
            return new Heard.Nothing(nothing.why());
        }
        Replies replies = Replies.parse(((Result.Said) result).text());
        Optional<Replies.Self> self = replies.self();
        if (self.isEmpty()) {
            return new Heard.Nothing("it does not say who it is");
        }
        if (self.get().inRecovery()) {
            return new Heard.Nothing("it is in recovery");
        }
        return self.get().name().equals(node.name())
                ? new Heard.From(replies)
                : new Heard.Nothing(node.host() + " port " + node.port() + " is " + self.get().name());
    }

    /**
     * What everyone says of some transactions.
     *
     * @param origin what the coordinator says that started one
     * @param participants by name
     */
    record Said(Answer origin, Map<String, Answer> participants) {
    }

    /** Asks each node once for all that concerns it. */
    Map<Gid, Said> about(List<Gid> gids) {
        Map<ClusterNode, List<Gid>> concerned = new LinkedHashMap<>();
        for (Gid gid : gids) {
            for (ClusterNode node : concernedBy(gid)) {
                concerned.computeIfAbsent(node, any -> new ArrayList<>()).add(gid);
            }
        }
        Map<ClusterNode, Function<Gid, Answer>> answers = new HashMap<>();
        concerned.forEach((node, asked) -> answers.put(node, answersOf(node, asked)));
        Map<Gid, Said> said = new LinkedHashMap<>();
        for (Gid gid : gids) {
            Map<String, Answer> participants = new LinkedHashMap<>();
            for (int id : gid.participants()) {
                ClusterNode node = byId.get(id);
                participants.put(node == null ? "node " + id : node.name(), node == null
                        ? new Answer.Silent("there is no such node_id in pgxc_node")
                        : answers.get(node).apply(gid));
            }
            ClusterNode origin = byName.get(gid.coordinator());
            said.put(gid, new Said(origin == null || !origin.coordinator()
                    ? new Answer.Silent("there is no such coordinator in pgxc_node")
                    : answers.get(origin).apply(gid), participants));
        }
        return said;
    }

    private List<ClusterNode> concernedBy(Gid gid) {
        var nodes = new ArrayList<ClusterNode>();
        gid.participants().stream().filter(byId::containsKey).map(byId::get).forEach(nodes::add);
        Optional.ofNullable(byName.get(gid.coordinator())).filter(node -> !nodes.contains(node)).ifPresent(nodes::add);
        return nodes;
    }

    private Function<Gid, Answer> answersOf(ClusterNode node, List<Gid> asked) {
        Heard heard = ask(node, Questions.about(asked));
        if (heard instanceof Heard.Nothing nothing) {
            return gid -> new Answer.Silent(nothing.why());
        }
        Map<Integer, Answer> answers = ((Heard.From) heard).replies().answers();
        return gid -> answers.getOrDefault(asked.indexOf(gid), new Answer.Silent("it could not tell"));
    }

    /** Ends a transaction wherever it is prepared. */
    void end(Gid gid, Said said, boolean commit, String database) {
        for (int id : gid.participants()) {
            ClusterNode node = byId.get(id);
            if (said.participants().get(node.name()) instanceof Answer.Prepared) {
                talk.say(node, database, Questions.end(gid, commit, node.coordinator()), false);
            }
        }
    }
}
