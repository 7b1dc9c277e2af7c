package com.tiredpixel.pgxl.agent.indoubt;

import static com.tiredpixel.pgxl.agent.sql.Fields.text;
import static com.tiredpixel.pgxl.agent.sql.Fields.truth;

import com.tiredpixel.pgxl.agent.sql.ClusterNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code psql -At} printed to the {@link Questions}. A line that is none of theirs, such as a notice, is passed
 * over; one that is missing is missing.
 *
 * @param self name of the node that answered, and whether it is in recovery; nothing if it did not say
 * @param nodes of the cluster
 * @param prepared what is prepared on it
 * @param answers by the place in the list of what was asked
 */
record Replies(Optional<Self> self, List<ClusterNode> nodes, List<Prepared> prepared, Map<Integer, Answer> answers) {

    /**
     * Who answered.
     *
     * @param name of the node
     * @param inRecovery whether it is a standby, which says nothing of its own
     */
    record Self(String name, boolean inRecovery) {
    }

    /**
     * A row of {@code pg_prepared_xacts}.
     *
     * @param transaction its id
     * @param ageSeconds by the clock of the node
     * @param gid its name
     * @param owner who prepared it
     * @param database where
     */
    record Prepared(long transaction, long ageSeconds, String gid, String owner, String database) {
    }

    static Replies parse(String text) {
        Optional<Self> self = Optional.empty();
        var nodes = new ArrayList<ClusterNode>();
        var prepared = new ArrayList<Prepared>();
        var answers = new HashMap<Integer, Answer>();
        for (String line : text.split("\n")) {
            String[] field = line.split("\\|", -1);
            try {
                switch (field[0] + field.length) {
                    case "SELF3" -> self = Optional.of(new Self(text(field[1]), truth(field[2])));
                    case "NODE6" -> nodes.add(ClusterNode.parse(field));
                    case "PREPARED6" -> prepared.add(new Prepared(
                            Long.parseLong(field[1]), Long.parseLong(field[2]), text(field[3]), text(field[4]),
                            text(field[5])));
                    case "ANSWER6" -> answers.put(Integer.parseInt(field[1]), Answer.of(
                            field[2].isEmpty() ? null : Boolean.valueOf(truth(field[2])),
                            truth(field[3]), truth(field[4]), Integer.parseInt(field[5])));
                    default -> {
                    }
                }
            } catch (IllegalArgumentException noneOfOurs) {
                // As a line that is missing.
            }
        }
        return new Replies(self, List.copyOf(nodes), List.copyOf(prepared), Map.copyOf(answers));
    }
}
