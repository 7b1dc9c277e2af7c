package com.tiredpixel.pgxl.agent;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.node.ServerBuild;
import com.tiredpixel.pgxl.agent.os.HelperPrograms;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which Postgres-XL the servers are: what an operator wants to know first when something is odd. */
final class ServerVersion {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final Path program;
    private final HelperPrograms programs;
    private final Map<String, String> environment;
    private final EventLog log;
    private volatile String shown = "";
    private volatile Optional<ServerBuild> build = Optional.empty();

    /** @param prefix {@code PGXL_PREFIX} */
    ServerVersion(Path prefix, HelperPrograms programs, Map<String, String> environment, EventLog log) {
        this.program = prefix.resolve("bin/postgres");
        this.programs = programs;
        this.environment = environment;
        this.log = log;
    }

    /** Asks them, and so finds out whether PGXL_PREFIX leads anywhere. */
    void ask() {
        HelperPrograms.Result result = programs.run(program, List.of("--version"), environment, Path.of("/"), DEADLINE);
        if (result instanceof HelperPrograms.Result.Finished finished && finished.succeeded()) {
            String version = finished.text().strip();
            log.info("agent", "servers are " + version);
            shown = version.replace("postgres (PostgreSQL) ", "");
            build = Optional.of(new ServerBuild(version));
            if (!build.get().hasMends()) {
                log.warn("agent", "these servers lack the mends of this project: when GTM is restarted, or a server dies,"
                        + " transactions that were answered with COMMIT can be lost");
            }
        } else {
            log.warn("agent", "PGXL_PREFIX: " + program + " --version does not work: " + result);
            build = Optional.of(new ServerBuild(""));
        }
    }

    /** Such as {@code 10.9 (Postgres-XL 10r1.1)}; empty while it is not known. */
    String shown() {
        return shown;
    }

    /** Nothing while it is not known yet. */
    Optional<ServerBuild> build() {
        return build;
    }
}
