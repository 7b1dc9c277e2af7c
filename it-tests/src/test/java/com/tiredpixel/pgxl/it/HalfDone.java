package com.tiredpixel.pgxl.it;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A transaction over two datanodes, one counter up and one down, in the middle of its COMMIT: prepared on the first
 * datanode, on its way on the second, whose backend is under SIGSTOP.
 */
final class HalfDone {
    /** Not those that a user has prepared himself. */
    private static final String IMPLICIT = "SELECT gid FROM pg_prepared_xacts WHERE left(gid, 5) = '_$XC$'";

    private final FiveNodes five;
    private final Program client;
    private final String coordinatorsBackend;
    private final String datanodesBackend;
    private final String gid;

    private HalfDone(FiveNodes five, Program client, String coordinatorsBackend, String datanodesBackend, String gid) {
        this.five = five;
        this.client = client;
        this.coordinatorsBackend = coordinatorsBackend;
        this.datanodesBackend = datanodesBackend;
        this.gid = gid;
    }

    static HalfDone make(Stage stage, FiveNodes five) {
        List<String> line = Psql.line(
                Places.prefix().resolve("bin/psql").toString(),
                List.of("-h", five.sandbox().address(), "-p", Integer.toString(FiveNodes.COORD1.port()), "-U", "postgres"),
                "BEGIN", "UPDATE counters SET v = v + 1 WHERE k = 0", "UPDATE counters SET v = v - 1 WHERE k = 1",
                "SELECT pg_sleep(4)", "COMMIT");
        Program client = stage.keep(Program.start(Path.of("/dev/null"), stage.wire().outside(line)));
        String inTransaction = "SELECT max(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'"
                + " AND query ILIKE '%update%counters%'";
        String backend = Await.value(Await.LONG, "transaction on data2",
                () -> java.util.Optional.of(five.ask(FiveNodes.DATA2, inTransaction)).filter(pid -> !pid.isEmpty()));
        five.sandbox().exec("root", "kill -STOP " + backend).orFail();
        String gid = Await.value(Await.LONG, "half of it", () -> java.util.Optional.of(
                five.ask(FiveNodes.DATA1, IMPLICIT)).filter(text -> !text.isEmpty()));
        String coordinators = Await.value(Await.LONG, "session in its COMMIT", () -> java.util.Optional.of(
                five.ask(FiveNodes.COORD1, "SELECT pid FROM pg_stat_activity WHERE query ILIKE 'commit%' AND state = 'active'"))
                .filter(pid -> !pid.isEmpty()));
        return new HalfDone(five, client, coordinators, backend, gid);
    }

    String gid() {
        return gid;
    }

    Program client() {
        return client;
    }

    /** The session on the coordinator dies without a word, as by the OOM killer. */
    HalfDone killSession() {
        five.sandbox().exec("root", "kill -9 " + coordinatorsBackend).orFail();
        Await.until(Duration.ofSeconds(60), "coordinator after its recovery",
                () -> five.ask(FiveNodes.COORD1, "SELECT 1").equals("1"));
        return this;
    }

    /** The backend on data2 goes on, and prepares what nobody waits for. */
    HalfDone goOn() {
        five.sandbox().exec("root", "kill -CONT " + datanodesBackend).orFail();
        return this;
    }

    /** Prepared on both, with nobody at it. */
    static HalfDone abandoned(Stage stage, FiveNodes five) {
        HalfDone half = make(stage, five).killSession().goOn();
        Await.until(Await.LONG, "the other half", () -> five.ask(FiveNodes.DATA2, IMPLICIT)
                .equals(half.gid));
        return half;
    }

    /** @return how many of the two datanodes have it prepared */
    int prepared() {
        int count = 0;
        for (Node node : List.of(FiveNodes.DATA1, FiveNodes.DATA2)) {
            count += five.ask(node, "SELECT gid FROM pg_prepared_xacts WHERE gid = '" + gid + "'").isEmpty() ? 0 : 1;
        }
        return count;
    }
}
