package com.tiredpixel.pgxl.agent.supervisor.server;

import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.os.ProcessView;
import com.tiredpixel.pgxl.agent.supervisor.directory.Leftovers;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * How far a postmaster is, told from its child processes: before PostgreSQL 10 its pid file does not say. Two facts of
 * {@code postmaster.c} of 9.5 serve. WAL writer and statistics collector are started in the moment from which clients
 * are taken; on a hot standby the collector alone. And while the startup process still works, there is a checkpointer
 * only if it replays what a master sends: a recovery after a crash has none.
 */
final class PostmasterChildren {

    private PostmasterChildren() {
    }

    /**
     * @param postmaster its pid
     * @param processes of this pid namespace
     * @param hotStandby asks whether {@code hot_standby} is on
     */
    static PidFile.Status status(int postmaster, List<ProcessView> processes, BooleanSupplier hotStandby) {
        List<String> titles = processes.stream()
                .filter(process -> process.parent() == postmaster && Leftovers.isOne(process))
                .map(process -> process.commandLine().get(0).strip())
                .toList();
        if (has(titles, "wal writer") || has(titles, "stats collector")) {
            return PidFile.Status.READY;
        }
        boolean follows = titles.stream().anyMatch(title -> title.contains(": startup process")) && has(titles, "checkpointer");
        return follows && !hotStandby.getAsBoolean() ? PidFile.Status.STANDBY : PidFile.Status.STARTING;
    }

    /**
     * {@code postgres: wal writer process}; with {@code cluster_name} set, {@code postgres: NAME: wal writer process}.
     * What follows is blank, but that of a session is the names of its role and database.
     */
    private static boolean has(List<String> titles, String child) {
        return titles.stream().anyMatch(title -> title.endsWith(": " + child + " process"));
    }
}
