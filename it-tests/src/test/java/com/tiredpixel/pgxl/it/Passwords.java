package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a cluster with passwords, as {@code init.sh} sets it up, owes to those who do not know them. */
public final class Passwords {

    /** Where {@code init.sh} puts it, and the image's {@code PGPASSFILE}. */
    public static final String FILE = "/var/lib/postgres/.ssh/pgpass";

    /**
     * How a command ended.
     *
     * @param output standard output and standard error
     */
    public record Answer(int code, String output) {
    }

    /** Somebody in the cluster's network. */
    @FunctionalInterface
    public interface Client {
        /** Runs a shell command as {@code postgres}. */
        Answer run(String command);
    }

    private Passwords() {
    }

    /**
     * Without the password file nobody gets into a coordinator or datanode over the network, neither to ask nor
     * to copy; with it, the same commands succeed.
     */
    public static void assertAskedFor(Client client, String host, int port) {
        String where = host + ":" + port;
        for (String psql : new String[] {
                "psql -w -c 'SELECT 1' 'host=" + host + " port=" + port + " dbname=postgres'",
                "psql -w -c IDENTIFY_SYSTEM 'host=" + host + " port=" + port + " replication=true'"}) {
            Answer known = client.run("PGPASSFILE=" + FILE + " " + psql);
            // Said after the password was right: where no slave is any more, pgxc_ctl lets none copy.
            assertTrue(known.code() == 0 || known.output().contains("exceeds max_wal_senders (currently 0)"),
                    where + " with the password: " + known);
            Answer refused = client.run("PGPASSFILE=/none " + psql);
            assertNotEquals(0, refused.code(), where + " without the password: " + psql);
            assertTrue(refused.output().contains("no password supplied"), where + ": " + refused);
            Answer wrong = client.run("PGPASSWORD=wrong " + psql);
            assertNotEquals(0, wrong.code(), where + " with a wrong password: " + psql);
            assertTrue(wrong.output().contains("password authentication failed"), where + ": " + wrong);
        }
    }
}
