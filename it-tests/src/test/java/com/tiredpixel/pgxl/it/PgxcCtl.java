package com.tiredpixel.pgxl.it;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The real {@code pgxc_ctl}, run as the user {@code postgres} beside PID 1 of a Control sandbox. */
final class PgxcCtl {

    /** {@code add} of a slave makes a base backup and restarts the master; on a busy machine that takes long. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** Its exit code is 0 whatever happens. */
    private static final Pattern COMPLAINT = Pattern.compile("^(ERROR|FATAL|PANIC)|: (ERROR|FATAL|PANIC):|could not");
    /** What pg_dumpall of 9.5 writes for a new coordinator makes the role again that initdb has made. */
    private static final String MADE_BEFORE = "ERROR:  role \"postgres\" already exists";

    private final Sandbox control;
    private final StringBuilder transcript = new StringBuilder();

    /** Prepares the sandbox as a person prepares the image's Control: with passwords. */
    PgxcCtl(Sandbox control) {
        this.control = control;
        transcript.append(control.exec("postgres", "/usr/local/lib/pgxl/init.sh").orFail().text()).append('\n');
    }

    /**
     * Runs one command.
     *
     * @return what it said
     * @throws AssertionError if it complained
     */
    String run(String command) {
        String said = attempt(command);
        if (said.lines().anyMatch(line -> COMPLAINT.matcher(line).find() && !line.endsWith(MADE_BEFORE))) {
            throw new AssertionError("pgxc_ctl " + command + " complained:\n" + said);
        }
        return said;
    }

    /** As {@link #run}, whatever it says. */
    String attempt(String command) {
        var line = new ArrayList<>(List.of("pgxc_ctl"));
        line.addAll(List.of(command.split(" ")));
        long start = System.nanoTime();
        Program.Result result = Program.run(PATIENCE, inside(line));
        String said = result.text() + "\n" + result.error();
        transcript.append("---- pgxc_ctl ").append(command).append(": ")
                .append((System.nanoTime() - start) / 1_000_000).append(" ms\n").append(said.strip()).append('\n');
        return said;
    }

    /** @return the lines of {@code monitor all}, such as {@code Running: gtm master}, in alphabetical order */
    List<String> monitor() {
        return run("monitor all").lines().filter(line -> line.matches("(Running|Not running): .*")).sorted().toList();
    }

    /** Runs SQL with {@code psql}. */
    Program.Result sql(Member member, String... statements) {
        return Program.run(Duration.ofSeconds(60), inside(Psql.line(
                "psql", List.of("-h", member.host(), "-p", Integer.toString(member.node().port())), statements)));
    }

    /** What {@code pgxl cluster status} says in Control. */
    Program.Result clusterStatus(String... options) {
        return cluster("status", options);
    }

    /** What {@code pgxl cluster verify} says in Control. */
    Program.Result clusterVerify(String... options) {
        return cluster("verify", options);
    }

    private Program.Result cluster(String word, String... options) {
        var line = new ArrayList<>(List.of(Pgxl.PATH, "cluster", word));
        line.addAll(List.of(options));
        return Program.run(Duration.ofSeconds(60), inside(line));
    }

    /** A line that somebody pastes into a shell in Control. */
    Program.Result paste(String line) {
        return Program.run(PATIENCE, inside(List.of("bash", "-c", line)));
    }

    /** {@code pgxl cluster status --watch}, interrupted as by Ctrl-C. */
    Program.Result watchCluster(int seconds) {
        return Program.run(Duration.ofSeconds(60), inside(List.of(
                "timeout", "--preserve-status", "--signal=INT", seconds + "s", Pgxl.PATH, "cluster", "status", "--watch")));
    }

    /** Runs a command on a host by SSH, which refuses a host key that has changed. */
    Program.Result ssh(String host, String command) {
        return Program.run(Await.LONG, control.inside("postgres", List.of("ssh", host, command)));
    }

    /** @return the command line that runs a program with the password file, as the image's environment names it */
    private List<String> inside(List<String> command) {
        var line = new ArrayList<>(List.of("env", "PGPASSFILE=" + Passwords.FILE));
        line.addAll(command);
        return control.inside("postgres", line);
    }

    /** @return the last lines of all commands so far and of what they said */
    String lastWords(int count) {
        List<String> lines = transcript.toString().lines().filter(line -> !line.isBlank()).toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - count), lines.size())) + "\n";
    }
}
