package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.base.EventLog.Level;
import com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Action;
import com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Outcome;
import com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Transition;
import com.tiredpixel.pgxl.agent.supervisor.directory.NodeName;
import java.time.Duration;
import java.util.Locale;

/** What the log is told of one node, once each; and since when it has been so, and why. */
final class NodeJournal {
    private final SupervisorContext context;
    private final NodeName name;
    private String told = "";
    private String reason = "found on the volume";
    private Duration since;

    NodeJournal(SupervisorContext context, NodeName name) {
        this.context = context;
        this.name = name;
        this.since = context.clock().now();
    }

    /** A span of time as the log shows it. */
    static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.2f s", time.toMillis() / 1000.0);
    }

    String reason() {
        return reason;
    }

    Duration since() {
        return since;
    }

    /** Tells a transition, unless it is no news or is told with more detail by what it asks for. */
    void tell(Outcome outcome, NodeState before) {
        Transition transition = outcome.transition();
        NodeState state = transition.next();
        boolean moved = state != before || state == NodeState.STARTING;
        // CLEARING is passed through in an instant, or at every retry of a wait; BACKING_OFF and a launch
        // are told when the delay or the pid is known.
        boolean toldElsewhere = state == NodeState.CLEARING
                || transition.actions().contains(Action.BACK_OFF)
                || transition.actions().contains(Action.LAUNCH);
        if (moved && !toldElsewhere) {
            tell(state, outcome.why(), "");
        }
    }

    /** Tells a state, its reason, and more that is for the log only. Never throws: what happens matters more. */
    void tell(NodeState state, String why, String more) {
        try {
            note(state, why, more);
        } catch (Throwable e) {
            context.log().leftOut();
        }
    }

    private void note(NodeState state, String why, String more) {
        String line = state + ": " + why + more;
        if (line.equals(told)) {
            return;
        }
        Duration now = context.clock().now();
        told = line;
        reason = why;
        since = now;
        Level level = switch (state) {
            case LOCKED_OUT, BLOCKED, BACKING_OFF -> Level.WARN;
            default -> Level.INFO;
        };
        context.log().event(level, name.subject(), line);
    }
}
