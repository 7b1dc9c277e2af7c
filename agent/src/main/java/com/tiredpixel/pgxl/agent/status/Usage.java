package com.tiredpixel.pgxl.agent.status;

import java.util.List;

/** The verbs of {@code pgxl}. */
final class Usage {
    static final List<String> VERBS = List.of(
            "status", "explain", "start", "stop", "restart", "hold", "release", "repair-gtm", "reload", "health",
            "in-doubt", "reap-report", "log-level", "help");

    static final String TEXT =
            """
            usage: pgxl VERB …

            Shows (anybody may):
              status [--json] [--watch]   one line a node; --watch again every 2 s, --json for programs
              explain [DIR]               what each directory was taken for, on which evidence, what comes next
              health [live|ready|startup] exit 0 or 1, and the reason; alone: nothing is broken that nobody wants
              in-doubt                    transactions that were left prepared, what becomes of each, and why
              reap-report                 what the agent has reaped, and the zombies there are now

            Steers (postgres and root may); NODE is a name or a directory, as status shows them:
              start NODE                  start it now, and wait until it serves
              stop NODE [--mode MODE]     fast (the default), immediate or smart; it stays down
              restart NODE [--mode MODE]
              hold NODE                   do not start it again, not even in the next container, until released
              release NODE                end the hold, and start it if it is down
              repair-gtm NODE [--xid N]   write the gtm.control of a GTM that is down anew, so that no transaction id, snapshot
                                          id or sequence value comes twice; N: the highest NextXID of pg_controldata of
                                          all coordinators and datanodes; or --trust-file: start on the file as it is
              reload                      look at the volume again; PostgreSQL re-reads its configuration, GTM cannot
              log-level LEVEL             debug, info, warn or error, until the agent's next start

            Exit codes: 0 done; 1 refused, or not so; 64 usage; 66 unknown node or directory; 69 no agent answers;
            70 the agent failed; 75 still under way; 77 not permitted.
            """;

    private Usage() {
    }
}
