package com.tiredpixel.pgxl.it.ledger;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.StringJoiner;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.QueryExecutor;
import org.postgresql.core.ResultHandlerBase;

/** A session with one server, in which nothing is waited for without end. */
public final class Session implements AutoCloseable {
    private final Connection connection;

    private Session(Connection connection) {
        this.connection = connection;
    }

    /**
     * @param wire its directory
     * @param answer how long a statement may take
     */
    public static Session open(String wire, String address, int port, Duration answer) throws SQLException {
        var given = new Properties();
        given.setProperty("user", "postgres");
        given.setProperty("sslmode", "disable");
        given.setProperty("gssEncMode", "disable");
        // Statement by statement, as psql sends them.
        given.setProperty("preferQueryMode", "simple");
        given.setProperty("connectTimeout", "5");
        given.setProperty("socketTimeout", Long.toString(answer.toSeconds()));
        given.setProperty("socketFactory", WireSockets.class.getName());
        given.setProperty("socketFactoryArg", wire);
        return new Session(DriverManager.getConnection(
                "jdbc:postgresql://" + address + ":" + port + "/postgres", given));
    }

    /** Runs statements that return nothing of interest, one after the other. */
    public Session run(String... statements) throws SQLException {
        for (String sql : statements) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }
        return this;
    }

    /** @return rows, columns with | between them, as {@code psql -At} prints them */
    public List<String> rows(String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet found = statement.executeQuery(sql)) {
            var rows = new ArrayList<String>();
            while (found.next()) {
                var row = new StringJoiner("|");
                for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                    row.add(String.valueOf(found.getString(i)));
                }
                rows.add(row.toString());
            }
            return rows;
        }
    }

    /** @return the one value */
    public String value(String sql) throws SQLException {
        return String.join(",", rows(sql));
    }

    public Session begin() throws SQLException {
        connection.setAutoCommit(false);
        return this;
    }

    /**
     * Returns if the server has answered COMMIT, by its very tag: the driver would take ROLLBACK for as good.
     *
     * @throws SQLException if it answered anything else, or nothing
     */
    public void commit() throws SQLException {
        QueryExecutor executor = connection.unwrap(BaseConnection.class).getQueryExecutor();
        var answer = new Answer();
        executor.execute(executor.createSimpleQuery("COMMIT"), null, answer, 0, 0, QueryExecutor.QUERY_NO_METADATA
                | QueryExecutor.QUERY_NO_RESULTS | QueryExecutor.QUERY_SUPPRESS_BEGIN
                | QueryExecutor.QUERY_EXECUTE_AS_SIMPLE);
        if (!answer.tag.equals("COMMIT")) {
            throw new SQLException("COMMIT is answered " + answer.tag);
        }
        connection.setAutoCommit(true);
    }

    /** What a command is answered with, which JDBC itself does not tell. */
    private static final class Answer extends ResultHandlerBase {
        private String tag = "nothing";

        @Override
        public void handleCommandStatus(String status, long updateCount, long insertOid) {
            tag = status;
        }

        @Override
        public void handleWarning(SQLWarning warning) {
            // A coordinator warns before it fails.
        }

        @Override
        public void handleCompletion() throws SQLException {
            if (getException() != null) {
                throw getException();
            }
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // The server has gone before.
        }
    }
}
