package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.supervisor.server.StopStage;

/** What an operator may ask of one node. */
public sealed interface NodeCommand {

    /** Start it now, whatever it waits for. */
    record Start() implements NodeCommand {
    }

    /**
     * Stop it, and leave it down until the operator or the next container start says otherwise.
     *
     * @param mode how
     */
    record Stop(StopMode mode) implements NodeCommand {
    }

    /**
     * Stop it, and start it when it is down.
     *
     * @param mode how to stop
     */
    record Restart(StopMode mode) implements NodeCommand {
    }

    /**
     * Stop it, fast, because it must not serve now; and start it when it may.
     *
     * @param why for the log
     */
    record GiveWay(String why) implements NodeCommand {
    }

    /** Never start it until released, not even in the next container. A live server is left alone. */
    record Hold() implements NodeCommand {
    }

    /** End a hold, and start it if it is down. */
    record Release() implements NodeCommand {
    }

    /**
     * Write the {@code gtm.control} of a GTM that is down anew, so that it can start.
     *
     * @param repair how
     */
    record RepairGtm(StartGuard.Repair repair) implements NodeCommand {
    }

    /** PostgreSQL's three; GTM and its proxy know one, whatever is asked. */
    enum StopMode {
        /** Waits for clients to leave, for ever if need be. */
        SMART(StopStage.SMART),
        /** Disconnects clients and writes everything. */
        FAST(StopStage.FAST),
        /** Abandons clients; the next start recovers from the WAL. */
        IMMEDIATE(StopStage.IMMEDIATE);

        private final StopStage stage;

        StopMode(StopStage stage) {
            this.stage = stage;
        }

        StopStage stage() {
            return stage;
        }
    }

    /** What came of it. */
    sealed interface Result {

        /** @return a lower-case sentence for the operator */
        String said();

        /** The node is as ordered, or was already. */
        record Done(String said) implements Result {
        }

        /** It is not, and the order is over. */
        record Refused(String said) implements Result {
        }
    }
}
