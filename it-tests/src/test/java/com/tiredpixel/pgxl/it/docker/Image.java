package com.tiredpixel.pgxl.it.docker;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The image under test, built once, of the servers that this machine has. */
final class Image {

    /** The module; Maven runs the tests with it as the working directory. */
    private static final Path MODULE = Path.of("").toAbsolutePath();

    static final Path TOP = MODULE.getParent();

    static final String NAME = "postgres-xl";

    private static final Duration BUILD = Duration.ofMinutes(20);

    private Image() {
    }

    /** Built when first asked for. */
    private static final class Built {
        static final Path PREFIX = prefix();
        static final String ID = build();

        private static Path prefix() {
            List<String> lines = Shell.run(BUILD, Map.of(),
                    List.of(MODULE.resolve("stand-in/choose").toString(), MODULE.resolve("target").toString()))
                    .orFail().lines().toList();
            return Path.of(lines.get(lines.size() - 1));
        }

        private static String build() {
            Shell.run(BUILD, buildSettings(PREFIX), List.of(TOP.resolve("scripts/build-image").toString())).orFail();
            return Shell.run("docker", "image", "inspect", "--format", "{{.Id}}", NAME).orFail();
        }
    }

    /** @return the name of the image, built if it was not yet */
    static String name() {
        return Built.ID.isEmpty() ? "" : NAME;
    }

    /** @return whether the servers in it are a real Postgres-XL, not the stand-in */
    static boolean realPostgresXl() {
        return Files.isExecutable(Built.PREFIX.resolve("bin/pgxc_ctl"));
    }

    /** @return the environment in which {@code scripts/build-image} builds it without a network */
    static Map<String, String> buildSettings() {
        return buildSettings(Built.PREFIX);
    }

    private static Map<String, String> buildSettings(Path prefix) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "BASE_IMAGE", "debootstrap",
                "PGXL_IMAGE", prefix.toString(),
                "AGENT_IMAGE", TOP.resolve("agent/target/agent").toString()));
        // The stand-in is a stock PostgreSQL behind scripts.
        if (Files.exists(prefix.resolve("stock"))) {
            settings.put("BASE_PACKAGES", "postgresql perl");
        }
        return settings;
    }

    /** @return why no image can be built here, or empty */
    static Optional<String> obstacle() {
        if (Optional.ofNullable(System.getenv("DOCKER_HOST")).orElse("").isEmpty()) {
            return Optional.of("no DOCKER_HOST; scripts/lib/docker-engine run DIR COMMAND gives one");
        }
        Shell.Result version = Shell.run("docker", "version");
        if (version.code() != 0) {
            return Optional.of(version.toString());
        }
        for (String tool : List.of("debootstrap", "jlink")) {
            if (Shell.run("sh", "-c", "command -v " + tool).code() != 0) {
                return Optional.of("no " + tool + " on the PATH");
            }
        }
        if (!Files.isExecutable(TOP.resolve("agent/target/agent/bin/pgxl-agent"))) {
            return Optional.of("the agent is not built");
        }
        return Optional.empty();
    }
}
