package com.tiredpixel.pgxl.agent.cluster.view;

import com.tiredpixel.pgxl.agent.cluster.view.MemberView.Condition;
import java.util.List;

/**
 * What is known of all servers.
 *
 * @param members in the configuration's order
 */
public record ClusterView(List<MemberView> members) {

    /** Of the cluster; each has an exit code. */
    public enum Verdict {
        WELL(0, "all well"),
        DEGRADED(1, "degraded"),
        /** As {@code init.sh} leaves it; or {@code pgxc_ctl.conf} was lost. */
        NONE(1, "none yet; pgxc_ctl.conf names no server"),
        PARTIAL(2, "partial");

        private final int code;
        private final String label;

        Verdict(int code, String label) {
            this.code = code;
            this.label = label;
        }

        /** @return the exit code of {@code pgxl cluster status} */
        public int code() {
            return code;
        }

        /** @return as it is shown */
        public String label() {
            return label;
        }
    }

    /** @return degraded if some server is known not to serve; partial if of some it is not known; none without any */
    public Verdict verdict() {
        if (members.isEmpty()) {
            return Verdict.NONE;
        }
        if (count(Condition.BROKEN) > 0) {
            return Verdict.DEGRADED;
        }
        return count(Condition.UNKNOWN) > 0 ? Verdict.PARTIAL : Verdict.WELL;
    }

    /** @return how many are so */
    public long count(Condition condition) {
        return members.stream().filter(member -> member.condition() == condition).count();
    }
}
