package com.tiredpixel.pgxl.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where things lie on the host, and which servers there are to test with. */
public final class Places {

    /** The module; Maven runs the tests with it as the working directory. */
    public static final Path MODULE = Path.of("").toAbsolutePath();

    /** Each lane, a JVM beside others, has a place of its own; the first has the usual one. */
    private static final Path BUILD = MODULE.resolve("target").resolve(lane());

    /** Everything the tests write. */
    public static final Path WORK = BUILD.resolve("it");

    /** As the build leaves it, for any JDK; or the property {@code pgxl.agent}, with the image's own run time. */
    public static final Path AGENT = Optional.ofNullable(System.getProperty("pgxl.agent"))
            .map(Path::of)
            .orElse(MODULE.resolveSibling("agent/target/agent"));

    /** What the image adds to the agent and the servers. */
    static final Path IMAGE = MODULE.resolveSibling("image");

    public static final String SANDBOX = MODULE.resolve("sandbox/sandbox").toString();

    private Places() {
    }

    private static String lane() {
        String lane = System.getProperty("pgxl.lane", "lane-1");
        return lane.equals("lane-1") ? "" : lane;
    }

    /** The servers, looked for once: {@code stand-in/choose} says which on standard error. */
    private static final class Servers {
        static final Path PREFIX = choose();

        private static Path choose() {
            Program.Result chosen = Program.run(
                    Duration.ofMinutes(5),
                    List.of(MODULE.resolve("stand-in/choose").toString(), BUILD.toString()));
            System.out.print(chosen.error());
            return Path.of(chosen.orFail().text());
        }
    }

    /** @return the prefix of the servers on the host */
    public static Path prefix() {
        return Servers.PREFIX;
    }

    /** @return whether the servers are a real Postgres-XL, not the stand-in */
    public static boolean realPostgresXl() {
        return !Files.exists(prefix().resolve("libexec/xl-options"));
    }

    /** @return whether the servers are a real Postgres-XL with this project's mends */
    public static boolean mended() {
        return realPostgresXl() && version().contains("mends");
    }

    /** @return whether the servers are of PostgreSQL 9.5, the stand-in's included */
    public static boolean ninePointFive() {
        return version().contains("(PostgreSQL) 9.5");
    }

    private static String version() {
        return Program.run(Duration.ofSeconds(30), List.of(prefix().resolve("bin/postgres").toString(), "--version"))
                .orFail().text();
    }

    /** @return whether the servers of this version have a setting */
    public static boolean serversKnow(String setting) {
        Program.Result said = Program.run(
                Duration.ofSeconds(30), List.of(prefix().resolve("bin/postgres").toString(), "--describe-config"));
        return said.text().lines().anyMatch(line -> line.startsWith(setting + "\t"));
    }

    /** @return why no sandbox can be made here, or empty */
    public static Optional<String> obstacle() {
        if (!Files.isExecutable(AGENT.resolve("bin/pgxl-agent"))) {
            return Optional.of("the agent is not built: no " + AGENT.resolve("bin/pgxl-agent"));
        }
        Program.Result check = Program.run(Duration.ofSeconds(30), List.of(SANDBOX, "check"));
        return check.code() == 0 ? Optional.empty() : Optional.of(check.error().strip());
    }
}
