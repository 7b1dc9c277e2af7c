package com.tiredpixel.pgxl.agent.indoubt;

import com.tiredpixel.pgxl.agent.sql.ClusterNode;
import com.tiredpixel.pgxl.agent.sql.Fields;
import java.util.ArrayList;
import java.util.List;

/**
 * What is asked, in SQL. Names come back in hexadecimal: a user may call his transaction what he likes, with line
 * breaks. Each statement is one of its own, so that an error of one leaves the others.
 */
final class Questions {
    /** As many as one answer has room for; the oldest come first, and the others in the next pass. */
    static final int MOST = 100;

    private Questions() {
    }

    /** Asks a node who it is. */
    static List<String> self() {
        return List.of("SELECT 'SELF', " + Fields.hex("pgxc_node_str()") + ", pg_is_in_recovery()");
    }

    /** Asks a coordinator who it is, who is in the cluster, and what is prepared on it. */
    static List<String> cluster() {
        return List.of(
                self().get(0),
                ClusterNode.QUESTION,
                prepared().get(1));
    }

    /**
     * Asks a node what is prepared on it. A datanode of Postgres-XL shows a column by which it sorts, whether it is asked
     * for or not, so the order is that of one that is.
     */
    static List<String> prepared() {
        return List.of(
                self().get(0),
                "SELECT 'PREPARED', transaction, floor(extract(epoch FROM clock_timestamp() - prepared)), "
                        + Fields.hex("gid") + ", " + Fields.hex("owner") + ", " + Fields.hex("database")
                        + " FROM pg_prepared_xacts ORDER BY 3 DESC LIMIT " + MOST);
    }

    /** Asks a node about transactions; the answers have their places in the list. */
    static List<String> about(List<Gid> gids) {
        var statements = new ArrayList<>(self());
        for (int i = 0; i < gids.size(); i++) {
            String xid = "'" + gids.get(i).xid() + "'::xid";
            String gid = "'" + gids.get(i).text() + "'";
            statements.add("SELECT 'ANSWER', " + i
                    + ", pgxc_is_committed(" + xid + "), pgxc_is_inprogress(" + xid + ")"
                    + ", EXISTS (SELECT 1 FROM pg_prepared_xacts WHERE gid = " + gid + ")"
                    + ", (SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND (backend_xid = " + xid
                    + " OR state <> 'idle' AND query ~* '^\\s*(prepare|commit|rollback)' AND position(" + gid
                    + " IN query) > 0))");
        }
        return statements;
    }

    /**
     * Ends a transaction on one node.
     *
     * @param coordinator whether the node is one: it would pass the command on to the others
     */
    static List<String> end(Gid gid, boolean commit, boolean coordinator) {
        String end = (commit ? "COMMIT" : "ROLLBACK") + " PREPARED '" + gid.text() + "'";
        return coordinator ? List.of("SET xc_maintenance_mode = on", end) : List.of(end);
    }
}
