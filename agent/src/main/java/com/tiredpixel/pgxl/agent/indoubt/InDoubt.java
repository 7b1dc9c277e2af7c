package com.tiredpixel.pgxl.agent.indoubt;

import java.time.Duration;
import java.util.List;

/**
 * What the last pass found, for those who watch.
 *
 * @param at when, on the agent's clock
 * @param resolver whether this agent is the one that resolves; another's is, or there is no coordinator here
 * @param state of the pass, in words
 * @param silent nodes that did not answer, each with its reason
 * @param transactions in doubt, oldest first
 * @param others how many transactions are prepared that are a user's own
 * @param oldestOther age of the oldest of those
 * @param committed how many this agent has committed since it started
 * @param rolledBack how many it has rolled back
 * @param failed how often it could not do what was decided
 */
public record InDoubt(
        Duration at,
        boolean resolver,
        String state,
        List<String> silent,
        List<Transaction> transactions,
        int others,
        Duration oldestOther,
        long committed,
        long rolledBack,
        long failed) {

    /** Copies the lists. */
    public InDoubt {
        silent = List.copyOf(silent);
        transactions = List.copyOf(transactions);
    }

    /**
     * A transaction of a coordinator that is prepared on some nodes.
     *
     * @param gid its name
     * @param age by the clock of the node where it is prepared
     * @param owner who began it
     * @param database where
     * @param verdict {@code commit}, {@code roll back}, {@code leave} or {@code torn}
     * @param why the answers it rests upon
     */
    public record Transaction(String gid, Duration age, String owner, String database, String verdict, String why) {

        /** @return whether one node has committed what another has lost */
        public boolean torn() {
            return verdict.equals("torn");
        }
    }

    /** @param state why nothing was looked at */
    static InDoubt nothing(Duration at, String state) {
        return new InDoubt(at, false, state, List.of(), List.of(), 0, Duration.ZERO, 0, 0, 0);
    }

    /** @return age of the oldest, 0 if there is none */
    public Duration oldest() {
        return transactions.stream().map(Transaction::age).max(Duration::compareTo).orElse(Duration.ZERO);
    }

    /** @return for people, with a line break at its end */
    public String text(Duration now) {
        var out = new StringBuilder(state + ", " + now.minus(at).toSeconds() + " s ago\n");
        silent.forEach(node -> out.append("no answer: ").append(node).append('\n'));
        for (Transaction one : transactions) {
            out.append(one.gid()).append("  ").append(one.age().toSeconds()).append(" s, ").append(one.owner())
                    .append(" in ").append(one.database()).append(": ").append(one.verdict()).append(": ")
                    .append(one.why()).append('\n');
        }
        if (resolver) {
            out.append(transactions.size()).append(" in doubt; since the agent started ").append(committed)
                    .append(" committed, ").append(rolledBack).append(" rolled back, ").append(failed).append(" failed\n");
        }
        if (others > 0) {
            out.append(others).append(" prepared by users themselves, never touched; the oldest is ")
                    .append(oldestOther.toSeconds()).append(" s old\n");
        }
        return out.toString();
    }
}
