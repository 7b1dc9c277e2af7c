package com.tiredpixel.pgxl.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each parser of what others may write, under Jazzer for some seconds ({@code -Dfuzz.seconds=600} for more): first
 * every sample below {@code src/test/resources}, then whatever reaches code that none before it reached. What is
 * found is a file that belongs to the samples from then on; {@code target/fuzz} keeps it and the output.
 */
class FuzzTest {
    private static final int SECONDS = Integer.getInteger("fuzz.seconds", 0);
    private static final Path RESOURCES = Path.of("src/test/resources");
    private static final Pattern RUNS = Pattern.compile("Done ([0-9]+) runs in");
    private static final int FOUND = 77;

    private record Outcome(int code, String said) {
    }

    /** In a JVM of its own, because the code is changed so that it tells where it goes. */
    private static Outcome fuzz(String target, int seconds, Path... samples) throws IOException, InterruptedException {
        Path work = Files.createDirectories(Path.of("target/fuzz", target)).toAbsolutePath();
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-Xmx256m", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "com.code_intelligence.jazzer.Jazzer", "--target_class=com.tiredpixel.pgxl.agent." + target,
                "--instrumentation_includes=com.tiredpixel.pgxl.**:org.apache.sshd.**",
                "--custom_hook_includes=com.tiredpixel.pgxl.**", "--reproducer_path=" + work,
                "-artifact_prefix=" + work + "/", "-max_total_time=" + seconds, "-timeout=20", "-max_len=8192",
                // -Xmx is the limit. libFuzzer's own reads ru_maxrss, which begins with that of whoever started the process.
                "-rss_limit_mb=0",
                "-print_final_stats=1", Files.createDirectories(work.resolve("corpus")).toString()));
        for (Path directory : samples) {
            command.add(directory.toAbsolutePath().toString());
        }
        Path output = work.resolve("output");
        Process process = new ProcessBuilder(command).directory(work.toFile())
                .redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertTrue(process.waitFor(seconds + 120, TimeUnit.SECONDS), () -> target + " does not end");
        } finally {
            process.destroyForcibly();
        }
        return new Outcome(process.exitValue(), Files.readString(output));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "node.NodeFilesFuzz, samples, 3", "config.SettingsFuzz, fuzz/settings, 3",
        "ssh.AuthorizedKeysFuzz, fuzz/authorized_keys, 3", "ssh.PacketsFuzz, fuzz/packets, 15",
        "status.http.RequestFuzz, fuzz/http, 3", "status.probe.AnswerFuzz, fuzz/probe, 3"
    })
    void nothingThatOthersWriteSurprisesAParser(String target, Path samples, int least) throws Exception {
        Path directory = RESOURCES.resolve(samples);
        long known;
        try (Stream<Path> files = Files.walk(directory)) {
            known = files.filter(Files::isRegularFile).count();
        }
        int seconds = Math.max(SECONDS, least);
        Outcome outcome = fuzz(target, seconds, directory);
        assertEquals(0, outcome.code(), outcome::said);
        Matcher runs = RUNS.matcher(outcome.said());
        assertTrue(runs.find() && Long.parseLong(runs.group(1)) > known + 1, outcome::said);
        System.out.println("MEASURED inputs to " + target + " in " + seconds + " s: " + runs.group(1));
    }

    /** Negative control. */
    @Test
    void aParserThatFailsDeepInsideIsFoundOut() throws Exception {
        Outcome outcome = fuzz("FuzzTest$Failing", 60);
        assertEquals(FOUND, outcome.code(), outcome::said);
        assertTrue(outcome.said().contains("three letters in a row"), outcome::said);
    }

    /** Fails at inputs that chance alone would need millions of tries for. */
    static final class Failing {
        private Failing() {
        }

        /** Called by Jazzer. */
        public static void fuzzerTestOneInput(byte[] input) {
            if (input.length > 3 && input[0] == 'a' && input[1] == 'b' && input[2] == 'c') {
                throw new IllegalStateException("three letters in a row");
            }
        }
    }
}
