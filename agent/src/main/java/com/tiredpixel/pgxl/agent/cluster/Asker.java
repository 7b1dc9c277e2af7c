package com.tiredpixel.pgxl.agent.cluster;

import com.tiredpixel.pgxl.agent.cluster.ask.LimitedProgram;
import com.tiredpixel.pgxl.agent.cluster.configuration.Member;
import com.tiredpixel.pgxl.agent.cluster.view.MemberView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;

/** Asks one server, within a limit, whatever is dead or frozen. */
final class Asker {
    private final String user;
    private final Map<String, String> environment;
    private final ExecutorService threads;
    private final Duration limit;

    /** @param limit of each question */
    Asker(String user, Map<String, String> environment, ExecutorService threads, Duration limit) {
        this.user = user;
        this.environment = Map.copyOf(environment);
        this.threads = threads;
        this.limit = limit;
    }

    /** A value, or why there is none; neither where nothing was to be asked. */
    record Answer<T>(Optional<T> value, String why) {
        static <T> Answer<T> none() {
            return new Answer<>(Optional.empty(), "");
        }

        <U> Answer<U> map(Function<T, U> function) {
            return new Answer<>(value.map(function), why);
        }
    }

    /** What both ways of asking answered. */
    static MemberView view(
            Member member, Answer<MemberView.Agent> agent, Answer<MemberView.Database> database) {
        List<String> unasked = new ArrayList<>();
        if (!agent.why().isEmpty()) {
            unasked.add("agent: " + agent.why());
        }
        if (!database.why().isEmpty()) {
            unasked.add("SQL: " + database.why());
        }
        return new MemberView(member, agent.value(), database.value(), List.copyOf(unasked));
    }

    <T> CompletableFuture<T> later(Supplier<T> what) {
        return CompletableFuture.supplyAsync(what, threads);
    }

    <T> Answer<T> ssh(String host, String command, Function<String, T> reader) {
        return answer(LimitedProgram.run(
                List.of("ssh", "-o", "ConnectTimeout=2", "-o", "BatchMode=yes", host, command),
                environment, "", limit), reader);
    }

    <T> Answer<T> sql(Member member, String database, String questions, Function<String, T> reader) {
        Map<String, String> own = new HashMap<>(environment);
        own.put("PGCONNECT_TIMEOUT", "2");
        own.put("PGCLIENTENCODING", "UTF8");
        own.put("PGAPPNAME", "pgxl-cluster");
        own.put("PGOPTIONS", "-c search_path=pg_catalog -c statement_timeout=2s -c intervalstyle=postgres");
        // A name with = in it would be a connection string.
        String connection = "dbname='" + database.replace("\\", "\\\\").replace("'", "\\'") + "'";
        // Of several -c the psql of 9.5 runs the last alone.
        return answer(LimitedProgram.run(
                List.of("psql", "-XAtqw", "-h", member.host(), "-p", Integer.toString(member.port()),
                        "-U", user, "-d", connection, "-f", "-"),
                own, questions, limit), reader);
    }

    private <T> Answer<T> answer(LimitedProgram.Result result, Function<String, T> reader) {
        if (result.isLate()) {
            return new Answer<>(Optional.empty(), "no answer within " + limit.toMillis() / 1000.0 + " s");
        }
        try {
            return new Answer<>(Optional.of(reader.apply(result.text())), "");
        } catch (IllegalArgumentException e) {
            return new Answer<>(Optional.empty(), result.error().isBlank() ? e.getMessage() : result.reason());
        }
    }
}
