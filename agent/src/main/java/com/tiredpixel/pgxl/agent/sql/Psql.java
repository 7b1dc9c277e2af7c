package com.tiredpixel.pgxl.agent.sql;

import com.tiredpixel.pgxl.agent.os.HelperPrograms;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * {@code psql}, a process for each conversation: it is there wherever the servers are, knows the password file, and
 * what it needs is given back when it ends. The statements are constant but for names that hold no quote.
 */
public final class Psql implements Conversation {
    /** An end waits for a synchronous standby, and cutting it short would tell nothing. */
    private static final Duration END = Duration.ofSeconds(60);

    private static final int LONGEST_WORD = 300;

    private final HelperPrograms programs;
    private final Path program;
    private final String user;
    private final Map<String, String> environment;
    private final Limits limits;

    /**
     * @param prefix of the servers
     * @param user whom the databases know
     * @param environment of the servers, for the password file
     * @param limits of a question
     */
    public Psql(HelperPrograms programs, Path prefix, String user, Map<String, String> environment, Limits limits) {
        this.programs = programs;
        this.program = prefix.resolve("bin/psql");
        this.user = user;
        this.environment = Map.copyOf(environment);
        this.limits = limits;
    }

    @Override
    public Result say(ClusterNode node, String database, List<String> statements, boolean question) {
        var arguments = new ArrayList<>(List.of("-X", "-A", "-t", "-q", "-w", "-d", "dbname=" + quoted(database)
                + " host=" + quoted(node.host()) + " port=" + node.port() + " user=" + quoted(user)
                + " application_name=pgxl-agent connect_timeout=" + limits.connect()
                + " keepalives_idle=5 keepalives_interval=2 keepalives_count=3"));
        // Of several -c the psql of 9.5 runs the last alone.
        arguments.addAll(List.of("-f", "-"));
        String script = statements.stream().map(statement -> statement + ";\n").collect(Collectors.joining());
        Map<String, String> own = new HashMap<>(environment);
        own.put("PGCLIENTENCODING", "UTF8");
        // A database may have a search_path that leads elsewhere.
        own.put("PGOPTIONS", "-c search_path=pg_catalog -c statement_timeout=" + (question ? limits.statement() + "s" : "0"));
        HelperPrograms.Result result =
                programs.run(program, arguments, own, Path.of("/"), script, question ? limits.whole() : END);
        if (result instanceof HelperPrograms.Result.Finished finished) {
            // 2: no connection, or a lost one. After an error of one statement it goes on.
            return finished.status().equals(new com.tiredpixel.pgxl.agent.os.ExitStatus.Exited(0))
                            || finished.status().equals(new com.tiredpixel.pgxl.agent.os.ExitStatus.Exited(1))
                    ? new Result.Said(finished.text())
                    : new Result.Nothing(shortened(finished.text().isBlank()
                            ? finished.status().toString() : finished.text()));
        }
        return new Result.Nothing(result instanceof HelperPrograms.Result.NotStarted not
                ? not.reason()
                : "no end within " + (question ? limits.whole() : END).toSeconds() + " s");
    }

    private static String quoted(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    private static String shortened(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= LONGEST_WORD ? line : line.substring(0, LONGEST_WORD);
    }
}
