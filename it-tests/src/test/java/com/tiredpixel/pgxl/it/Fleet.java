package com.tiredpixel.pgxl.it;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The hosts of one cluster, each a sandbox on a volume of its own, with what the image has. They know each other's
 * names, and share {@code .ssh}, which {@code init.sh} fills.
 */
final class Fleet {

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);

    /**
     * A host that is gone answers nothing, not even a reset, and Postgres-XL sets no time limits of its own: one
     * coordinator's pooler would wait for minutes, and {@code pgxc_ctl} for the coordinator.
     */
    private static final String PATIENCE_OF_TCP = "cd /proc/sys/net/ipv4 && echo 2 >tcp_syn_retries"
            + " && echo 5 >tcp_retries2 && echo 10 >tcp_keepalive_time && echo 3 >tcp_keepalive_intvl"
            + " && echo 3 >tcp_keepalive_probes";

    private final Map<String, Sandbox.Plan> plans = new LinkedHashMap<>();
    private final Map<String, Sandbox> sandboxes = Collections.synchronizedMap(new LinkedHashMap<>());

    /**
     * Plans them as containers of the image; none is started.
     *
     * @param control the host whose {@code .ssh} all the others have too, read-only
     */
    Fleet(Stage stage, String control, List<String> hosts) {
        Path programs = programs(stage);
        Path home = stage.bareVolume();
        plans.put(control, asImage(stage.sandbox(control, home), programs));
        for (String host : hosts) {
            plans.put(host, asImage(stage.sandbox(host, stage.bareVolume()), programs)
                    .bind(home.resolve(".ssh"), Node.HOME + "/.ssh"));
        }
        for (Sandbox.Plan plan : plans.values()) {
            plans.values().stream()
                    .filter(other -> other != plan)
                    .forEach(other -> plan.host(other.address(), other.hostname()));
        }
    }

    private static Sandbox.Plan asImage(Sandbox.Plan plan, Path programs) {
        return plan.set("PGPASSFILE", Passwords.FILE)
                .bind(Places.IMAGE, "/usr/local/lib/pgxl")
                .bind(programs, "/usr/local/lib/postgres/bin");
    }

    /** The servers' programs, with the image's own {@code initdb} before Postgres-XL's. */
    private static Path programs(Stage stage) {
        Path programs = stage.newDirectory("programs");
        Program.run(Await.LONG, List.of("bash", "-euc", "cp -a \"$0\"/. \"$1\"; cd \"$1\"; [ -e initdb-xl ] || mv initdb initdb-xl;"
                + " ln -sf /usr/local/lib/pgxl/initdb initdb", Places.prefix().resolve("bin").toString(),
                programs.toString())).orFail();
        return programs;
    }

    /** Starts a host on its volume, at its address; its log goes on where it ended. */
    Sandbox start(String host) {
        Sandbox sandbox = plans.get(host).start();
        sandbox.exec("root", PATIENCE_OF_TCP).orFail();
        sandboxes.put(host, sandbox);
        return sandbox;
    }

    /** From its next start on. */
    void set(String host, String variable, String value) {
        plans.get(host).set(variable, value);
    }

    Sandbox sandbox(String host) {
        return Optional.ofNullable(sandboxes.get(host)).orElseThrow(() -> new AssertionError(host + " never started"));
    }

    /** @return every host that has been started, running or not */
    List<Sandbox> sandboxes() {
        return List.copyOf(sandboxes.values());
    }

    LogFile log(Member member) {
        return sandbox(member.host()).log();
    }

    /** Stops a host as Docker does. @return the exit code of PID 1 */
    int stop(String host) {
        return sandbox(host).stop(STOP_PATIENCE);
    }

    /** Waits until a server enters a state. @return where the line ends, as a mark */
    int awaitState(int mark, Member member, String state) {
        return log(member).awaitState(mark, member.node(), state);
    }

    /** @return the times that an agent started a server itself, from a mark on */
    List<String> ownStarts(int mark, Member member) {
        return log(member).lines(mark, " " + member.node().subject() + ": STARTING: started ");
    }

    /** @return the last lines of each agent's log */
    String lastWords(int count) {
        var text = new StringBuilder();
        for (Sandbox sandbox : sandboxes.values()) {
            List<String> lines = sandbox.log().text().lines().toList();
            text.append("---- last lines of ")
                    .append(sandbox.hostname()).append(sandbox.isRunning() ? "" : ", which has ended").append('\n');
            lines.subList(Math.max(0, lines.size() - count), lines.size())
                    .forEach(line -> text.append(line).append('\n'));
        }
        return text.toString();
    }

    int pid(Member member) {
        return sandbox(member.host()).nodePid(member.node())
                .orElseThrow(() -> new AssertionError("no pid file of " + member.spoken()));
    }

    /** @return what {@code pg_controldata} says of a server that is down */
    String controlState(Member member) {
        Path directory = sandbox(member.host()).volume().resolve(member.node().directory());
        return Program.run(Await.LONG, List.of(
                        Places.prefix().resolve("bin/pg_controldata").toString(), directory.toString()))
                .orFail().text().lines()
                .filter(line -> line.startsWith("Database cluster state:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst().orElse("");
    }

    /** @return how many processes of the program there are that PID 1 is the parent of */
    long servers(Member member) {
        String program = member.node().isPostgres() ? "postgres" : member.node().role().label();
        return sandbox(member.host()).processes().lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields[1].equals("1") && fields[4].equals(program))
                .count();
    }

    Map<Member, Integer> marks(List<Member> members) {
        var marks = new HashMap<Member, Integer>();
        members.forEach(member -> marks.put(member, log(member).mark()));
        return marks;
    }

    Map<String, Integer> badExitCodes(List<Member> members) {
        return badExitCodesOf(members.stream().map(Member::host).toList());
    }

    /** Stops containers at once. @return the exit codes that are not 0 */
    Map<String, Integer> badExitCodesOf(List<String> hosts) {
        var codes = new HashMap<String, CompletableFuture<Integer>>();
        hosts.forEach(host -> codes.put(host, CompletableFuture.supplyAsync(() -> stop(host))));
        var bad = new HashMap<String, Integer>();
        codes.forEach((host, code) -> {
            if (code.join() != 0) {
                bad.put(host, code.join());
            }
        });
        return bad;
    }
}
