package com.tiredpixel.pgxl.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/pgxl-agent}, with other programs in the place of those that it calls. */
class LauncherTest {
    private static final Path LAUNCHER = Path.of("src/main/dist/bin/pgxl-agent").toAbsolutePath();

    /** Tells what is pending, instead of starting a JVM: {@code 4000} is SIGTERM. */
    private static final String JAVA = "sed -n 's/^ShdPnd:[[:space:]]*0*/pending /p' /proc/$$/status";

    @TempDir
    private Path directory;

    private final Map<String, String> variables = new HashMap<>();

    @Test
    void aStopBetweenTheScriptAndTheJvmStaysPending() throws Exception {
        program("java", JAVA);
        program("setpriv", "kill -TERM $$\nshift\nexec \"$@\"");

        assertEquals("pending 4000", launched());
    }

    @Test
    void aStopWhileTheScriptRunsStaysPending() throws Exception {
        program("java", JAVA);
        program("readlink", "kill -TERM $PPID $(ps -o ppid= -p $PPID)\nexec /usr/bin/readlink \"$@\"");
        program("setpriv", "shift\nexec \"$@\"");

        assertEquals("pending 4000", launched());
    }

    /** The negative control. */
    @Test
    void withoutAStopNothingIsPending() throws Exception {
        program("java", JAVA);
        program("setpriv", "shift\nexec \"$@\"");

        assertEquals("pending", launched());
    }

    /** An agent library that is injected into every Java program of a pod would keep PID 1 from its start. */
    @Test
    void optionsMeantForOtherJavaProgramsAreLeftOutAndOneLineSaysSo() throws Exception {
        program("java", "env | grep -E '^(JAVA_TOOL|JDK_JAVA|_JAVA)' || echo none of them");
        variables.put("JAVA_TOOL_OPTIONS", "-javaagent:/otel/x.jar");
        variables.put("JDK_JAVA_OPTIONS", "-Xmx2g");
        variables.put("_JAVA_OPTIONS", "-XX:+ExitOnOutOfMemoryError");

        assertEquals("pgxl-agent: ignores JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS: options of the agent's own"
                + " Java are PGXL_JAVA_OPTIONS\nnone of them", launched());
    }

    @Test
    void theJvmEndsAtNoOutOfMemoryErrorWhateverTheContainersEnvironmentSays() throws Exception {
        String java = System.getProperty("java.home") + "/bin/java";
        variables.put("PGXL_JAVA", java);
        variables.put("PGXL_JAVA_OPTIONS", "-XX:+PrintFlagsFinal -version");
        variables.put("_JAVA_OPTIONS", "-XX:+ExitOnOutOfMemoryError -XX:+CrashOnOutOfMemoryError -Xmx2g");

        Path bin = Files.createDirectories(directory.resolve("home/bin"));
        Path jar = Files.createDirectories(directory.resolve("home/lib")).resolve("pgxl-agent.jar");
        new JarOutputStream(Files.newOutputStream(jar), new Manifest()).close();

        String flags = launched(Files.copy(LAUNCHER, bin.resolve("pgxl-agent")));
        for (String flag : List.of("ExitOnOutOfMemoryError", "CrashOnOutOfMemoryError", "HeapDumpOnOutOfMemoryError")) {
            assertTrue(flags.matches("(?s).* " + flag + " += false .*"), flag);
        }
        assertTrue(flags.matches("(?s).* MaxHeapSize += 25165824 .*"), "the heap is bounded");
        assertFalse(flags.matches("(?s).* OnOutOfMemoryError += +[^ {].*"), "a command of its own");

        var direct = new ProcessBuilder(java, "-XX:+PrintFlagsFinal", "-version").redirectErrorStream(true);
        direct.environment().put("_JAVA_OPTIONS", variables.get("_JAVA_OPTIONS"));
        assertTrue(said(direct).matches("(?s).* ExitOnOutOfMemoryError += true .*"), "the opposite");
    }

    @Test
    void aPatternInTheOptionsIsNotMadeNamesOfFiles() throws Exception {
        program("java", "printf '%s\\n' \"$@\" | grep -x -e '-Dlogs.*' -e -Dtwo=2");
        Files.createFile(directory.resolve("-Dlogs=a"));
        variables.put("PGXL_JAVA_OPTIONS", "-Dlogs=* -Dtwo=2");

        assertEquals("-Dlogs=*\n-Dtwo=2", launched());
    }

    @Test
    void aProgramIsRunInsteadAsTheUserOfTheServers() throws Exception {
        variables.put("PGXL_USER", "nobody");
        variables.put("PGXL_HOME", "/some/home");
        variables.put("PGXL_PREFIX", "/some/prefix");
        String user = System.getProperty("user.name").equals("root") ? "nobody" : System.getProperty("user.name");

        assertEquals(String.join("\n", user, "/some/home nobody nobody", "/some/prefix/bin", "SigBlk:\t0000000000000000",
                        "NoNewPrivs:\t1", "a b"),
                launched("bash", "-c", "id -un; echo $HOME $USER $LOGNAME; echo ${PATH%%:*}; "
                        + "grep -E '^(SigBlk|NoNewPrivs)' /proc/self/status; echo $1", "bash", "a b"));
        assertEquals("exit 7 ", launched("bash", "-c", "exit 7"));
    }

    @Test
    void serversAreNotRunInsteadForTheAgentStartsThem() throws Exception {
        program("postgres", "echo here");
        program("setpriv", "shift $(($# - 4))\nexec \"$@\"");
        variables.put("PGXL_USER", "nobody");

        assertTrue(launched("postgres", "-D", "/data").startsWith("exit 64 pgxl-agent: servers are not named here"));
        assertTrue(launched("gtm").startsWith("exit 64 "));
        assertEquals("here", launched("postgres", "--version"));
    }

    @Test
    void whatIsNoProgramAndWhatIsAnOptionIsTheAgents() throws Exception {
        program("java", "while [ \"$1\" != -jar ]; do shift; done; shift 2; echo \"$#: $*\"");

        assertEquals("0:", launched());
        assertEquals("1: --help", launched("--help"));
        assertEquals("2: --explain /x", launched("--explain", "/x"));
        assertEquals("1: no-such-program", launched("no-such-program"));
        assertEquals("1: --help", launched("pgxl-agent", "--help"));
    }

    /** Of bash, for dash begins with an empty mask. */
    private void program(String name, String script) throws IOException {
        Path program = Files.writeString(directory.resolve(name), "#!/bin/bash\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String launched(String... arguments) throws Exception {
        return launched(LAUNCHER, arguments);
    }

    private String launched(Path launcher, String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of(launcher.toString()));
        line.addAll(List.of(arguments));
        var builder = new ProcessBuilder(line).redirectErrorStream(true).directory(directory.toFile());
        builder.environment().put("PATH", directory + ":" + System.getenv("PATH"));
        builder.environment().put("PGXL_JAVA", directory.resolve("java").toString());
        builder.environment().putAll(variables);
        return said(builder);
    }

    private static String said(ProcessBuilder builder) throws Exception {
        Process launcher = builder.start();
        String said = new String(launcher.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(true, launcher.waitFor(1, TimeUnit.MINUTES), "it does not end");
        return launcher.exitValue() == 0 ? said : "exit " + launcher.exitValue() + " " + said;
    }
}
