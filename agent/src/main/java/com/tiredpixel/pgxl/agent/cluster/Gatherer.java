package com.tiredpixel.pgxl.agent.cluster;

import com.tiredpixel.pgxl.agent.cluster.ask.Program;
import com.tiredpixel.pgxl.agent.cluster.configuration.ClusterConfiguration;
import com.tiredpixel.pgxl.agent.cluster.configuration.Member;
import com.tiredpixel.pgxl.agent.cluster.view.ClusterView;
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

/** Asks all servers at once, each within a limit, whatever is dead or frozen. */
final class Gatherer {
    private static final Duration LIMIT = Duration.ofMillis(2500);

    private static final String QUESTIONS = """
            select 'facts', pg_is_in_recovery(), current_setting('server_version'),
                (select max(age(datfrozenxid)) from pg_database),
                (select count(*) from pg_prepared_xacts),
                (select coalesce(extract(epoch from max(clock_timestamp() - prepared)), 0)::bigint
                    from pg_prepared_xacts);
            select 'standby', row_to_json(r) from pg_stat_replication r;
            """;

    private final ClusterConfiguration configuration;
    private final Map<String, String> environment;
    private final ExecutorService threads;

    Gatherer(ClusterConfiguration configuration, Map<String, String> environment, ExecutorService threads) {
        this.configuration = configuration;
        this.environment = Map.copyOf(environment);
        this.threads = threads;
    }

    ClusterView look() {
        return new ClusterView(configuration.members().stream().map(this::begin).toList().stream()
                .map(CompletableFuture::join).toList());
    }

    private CompletableFuture<MemberView> begin(Member member) {
        var agent = CompletableFuture.supplyAsync(() -> agent(member), threads);
        var database = member.role().answersSql()
                ? CompletableFuture.supplyAsync(() -> database(member), threads)
                : CompletableFuture.completedFuture(new Answer<MemberView.Database>(Optional.empty(), ""));
        return agent.thenCombine(database, (left, right) -> {
            List<String> unasked = new ArrayList<>();
            if (!left.why().isEmpty()) {
                unasked.add("agent: " + left.why());
            }
            if (!right.why().isEmpty()) {
                unasked.add("SQL: " + right.why());
            }
            return new MemberView(member, left.value(), right.value(), List.copyOf(unasked));
        });
    }

    /** A value, or why there is none; neither where nothing was to be asked. */
    private record Answer<T>(Optional<T> value, String why) {
    }

    private Answer<MemberView.Agent> agent(Member member) {
        String directory = "'" + member.directory().replace("'", "'\\''") + "'";
        // Where it is in the image; not every session's PATH has it.
        String command = "PATH=$PATH:/usr/local/lib/pgxl-agent/bin; pgxl status --json; echo '"
                + Answers.SECTION + "'; df -Pk " + directory
                + "; echo '" + Answers.SECTION + "'"
                + (member.role() == Member.Kind.GTM_PROXY
                        ? "; grep -E '^gtm_(host|port)' " + directory + "/gtm_proxy.conf" : "");
        return answer(Program.run(
                List.of("ssh", "-o", "ConnectTimeout=2", "-o", "BatchMode=yes", member.host(), command),
                environment, "", LIMIT), text -> Answers.agent(text, member.directory()));
    }

    private Answer<MemberView.Database> database(Member member) {
        Map<String, String> own = new HashMap<>(environment);
        own.put("PGCONNECT_TIMEOUT", "2");
        own.put("PGCLIENTENCODING", "UTF8");
        own.put("PGAPPNAME", "pgxl-cluster");
        own.put("PGOPTIONS", "-c search_path=pg_catalog -c statement_timeout=2s");
        // Of several -c the psql of 9.5 runs the last alone.
        return answer(Program.run(
                List.of("psql", "-XAtqw", "-h", member.host(), "-p", Integer.toString(member.port()),
                        "-U", configuration.user(), "-d", "postgres", "-f", "-"),
                own, QUESTIONS, LIMIT), Answers::database);
    }

    private static <T> Answer<T> answer(Program.Result result, Function<String, T> reader) {
        if (result.isLate()) {
            return new Answer<>(Optional.empty(), "no answer within " + LIMIT.toMillis() / 1000.0 + " s");
        }
        try {
            return new Answer<>(Optional.of(reader.apply(result.text())), "");
        } catch (IllegalArgumentException e) {
            return new Answer<>(Optional.empty(), result.error().isBlank() ? e.getMessage() : result.reason());
        }
    }
}
