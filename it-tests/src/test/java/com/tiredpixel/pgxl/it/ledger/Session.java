package com.tiredpixel.pgxl.it.ledger;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.StringJoiner;

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
     * Returns if the server has answered COMMIT: the driver looks at the tag, and takes ROLLBACK for an error.
     *
     * @throws SQLException if it answered anything else, or nothing
     */
    public void commit() throws SQLException {
        connection.commit();
        connection.setAutoCommit(true);
    }

    public void rollback() throws SQLException {
        connection.rollback();
        connection.setAutoCommit(true);
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
