package com.tiredpixel.pgxl.agent.indoubt;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.indoubt.Inquiry.Heard;
import com.tiredpixel.pgxl.agent.indoubt.Inquiry.Said;
import com.tiredpixel.pgxl.agent.log.VisibleText;
import com.tiredpixel.pgxl.agent.sql.ClusterNode;
import com.tiredpixel.pgxl.agent.sql.Conversation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One look at a cluster after another: what is prepared, what everybody says of it, what is to be done, done. Only the
 * first coordinator by name that answers has a resolver beside it. Should two agents see that differently, cut off from
 * each other, they still decide the same: whatever one of them has ended is what the other then goes by.
 */
final class Resolver {
    private static final String SUBJECT = "in-doubt";

    private final Conversation talk;
    private final Duration due;
    private final boolean acts;
    private final EventLog log;
    private final MonotonicClock clock;
    private final Runnable pause;
    private final Map<Gid, String> told = new HashMap<>();
    private long committed;
    private long rolledBack;
    private long failed;

    /**
     * @param due age from which a transaction is in doubt
     * @param acts whether it resolves; otherwise it reports
     * @param pause between two questions about the same, whose answers must not differ
     */
    Resolver(Conversation talk, Duration due, boolean acts, EventLog log, MonotonicClock clock, Runnable pause) {
        this.talk = talk;
        this.due = due;
        this.acts = acts;
        this.log = log;
        this.clock = clock;
        this.pause = pause;
    }

    /** A transaction that is prepared somewhere, with the age of its oldest part. */
    private record Candidate(Gid gid, Duration age, String owner, String database) {
    }

    /**
     * What a pass found and when the next one is worth it.
     *
     * @param found for those who watch
     * @param next how long to wait
     */
    record Pass(InDoubt found, Duration next) {
    }

    /** @param local the coordinator of this container, at an address of it; its name is not known yet */
    Pass pass(ClusterNode local) {
        Conversation.Result said = talk.say(local, "postgres", Questions.cluster(), true);
        if (said instanceof Conversation.Result.Nothing nothing) {
            return idle("the coordinator here does not answer: " + nothing.why());
        }
        Replies replies = Replies.parse(((Conversation.Result.Said) said).text());
        Optional<Replies.Self> self = replies.self().filter(one -> !one.inRecovery());
        if (self.isEmpty()) {
            return idle("the coordinator here is a standby, or does not say what it is");
        }
        String name = self.get().name();
        List<ClusterNode> nodes = replies.nodes().stream()
                .map(node -> node.name().equals(name) ? node.at(local.host(), local.port()) : node)
                .sorted(Comparator.comparing(ClusterNode::name))
                .toList();
        var inquiry = new Inquiry(talk, nodes);
        for (ClusterNode other : nodes) {
            if (other.coordinator() && other.name().compareTo(name) < 0
                    && inquiry.ask(other, Questions.self()) instanceof Heard.From) {
                return idle("the agent beside coordinator " + other.name() + " resolves");
            }
        }
        return pass(name, replies, nodes, inquiry);
    }

    private Pass idle(String state) {
        return new Pass(InDoubt.nothing(clock.now(), state), due);
    }

    private Pass pass(String name, Replies own, List<ClusterNode> nodes, Inquiry inquiry) {
        var silent = new ArrayList<String>();
        var others = new ArrayList<Duration>();
        Map<Gid, Candidate> candidates = new LinkedHashMap<>();
        for (ClusterNode node : nodes) {
            Heard heard = node.name().equals(name)
                    ? new Heard.From(own)
                    : inquiry.ask(node, Questions.prepared());
            if (heard instanceof Heard.Nothing nothing) {
                silent.add(node.name() + ": " + VisibleText.of(nothing.why()));
            } else if (heard instanceof Heard.From from) {
                from.replies().prepared().forEach(row -> sort(row, candidates, others));
            }
        }
        List<Candidate> dueNow = candidates.values().stream()
                .filter(one -> one.age().compareTo(due) >= 0)
                .sorted(Comparator.comparing(Candidate::age).reversed())
                .limit(Questions.MOST)
                .toList();
        List<InDoubt.Transaction> left = settle(dueNow, inquiry);
        told.keySet().removeIf(gid -> !candidates.containsKey(gid));
        InDoubt found = new InDoubt(
                clock.now(), true, "looked from coordinator " + name + (acts ? "" : ", to report only"), silent, left,
                others.size(), others.stream().max(Duration::compareTo).orElse(Duration.ZERO),
                committed, rolledBack, failed);
        return new Pass(found, Schedule.next(due, !left.isEmpty() || !silent.isEmpty(), candidates.values().stream()
                .map(Candidate::age).filter(age -> age.compareTo(due) < 0).max(Duration::compareTo)));
    }

    private static void sort(Replies.Prepared row, Map<Gid, Candidate> candidates, List<Duration> others) {
        Duration age = Duration.ofSeconds(Math.max(0, row.ageSeconds()));
        Optional<Gid> gid = Gid.parse(row.gid(), row.transaction());
        if (gid.isEmpty()) {
            others.add(age);
            return;
        }
        candidates.merge(
                gid.get(), new Candidate(gid.get(), age, row.owner(), row.database()),
                (one, other) -> one.age().compareTo(other.age()) >= 0 ? one : other);
    }

    /** @return those that are still in doubt */
    private List<InDoubt.Transaction> settle(List<Candidate> dueNow, Inquiry inquiry) {
        if (dueNow.isEmpty()) {
            return List.of();
        }
        List<Gid> gids = dueNow.stream().map(Candidate::gid).toList();
        Map<Gid, Said> first = inquiry.about(gids);
        pause.run();
        Map<Gid, Said> second = inquiry.about(gids);
        var left = new ArrayList<InDoubt.Transaction>();
        for (Candidate one : dueNow) {
            Said said = second.get(one.gid());
            Decision decision = said.equals(first.get(one.gid()))
                    ? Decision.of(one.gid().coordinator(), said.origin(), said.participants())
                    : new Decision.Leave("its nodes say something else than a moment before");
            if (decision instanceof Decision.Settled || acts && carryOut(one, decision, said, inquiry)) {
                continue;
            }
            tell(one, decision);
            left.add(new InDoubt.Transaction(
                    one.gid().text(), one.age(), VisibleText.of(one.owner()), VisibleText.of(one.database()),
                    verdict(decision), VisibleText.of(decision.why())));
        }
        return left;
    }

    private static String verdict(Decision decision) {
        return decision instanceof Decision.Commit ? "commit"
                : decision instanceof Decision.RollBack ? "roll back"
                : decision instanceof Decision.Torn ? "torn"
                : "leave";
    }

    /** @return whether it is over, everywhere as decided */
    private boolean carryOut(Candidate one, Decision decision, Said said, Inquiry inquiry) {
        boolean commit = decision instanceof Decision.Commit;
        if (!commit && !(decision instanceof Decision.RollBack)) {
            return false;
        }
        inquiry.end(one.gid(), said, commit, one.database());
        Said after = inquiry.about(List.of(one.gid())).get(one.gid());
        boolean done = after.participants().values().stream().allMatch(answer -> commit
                ? answer instanceof Answer.Committed
                : answer instanceof Answer.Aborted || answer instanceof Answer.Never);
        if (done && commit) {
            committed++;
        } else if (done) {
            rolledBack++;
        } else {
            failed++;
        }
        log.event(done ? EventLog.Level.WARN : EventLog.Level.ERROR, SUBJECT, described(one)
                + (commit ? ": committed" : ": rolled back") + (done ? "" : ", but not everywhere: " + after)
                + "; they said: " + decision.why());
        return done;
    }

    private void tell(Candidate one, Decision decision) {
        String what = verdict(decision) + ": " + decision.why();
        if (!what.equals(told.put(one.gid(), what))) {
            boolean torn = decision instanceof Decision.Torn;
            log.event(torn ? EventLog.Level.ERROR : EventLog.Level.WARN, SUBJECT, described(one) + ": "
                    + (torn ? "torn, and stays so until a person decides: " : "left: ") + decision.why());
        }
    }

    private static String described(Candidate one) {
        return one.gid().text() + " of " + one.owner() + " in " + one.database() + ", prepared "
                + one.age().toSeconds() + " s ago";
    }
}
