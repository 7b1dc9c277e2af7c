package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same clients do the same things with the agent and with OpenSSH's server; what they see must be the
 * same, byte for byte. What differs on purpose is in {@link SshDifferencesTest}.
 */
@Tag("parity")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshParityTest {
    private Stage stage;
    private Peer agent;
    private Peer openSsh;

    @BeforeAll
    void start() throws Exception {
        stage = Stage.set();
        openSsh = Peer.of(stage, OpenSshProcess.start(stage));
        agent = Peer.of(stage, AgentProcess.open(stage));
    }

    @AfterAll
    void stop() {
        if (stage != null) {
            stage.close();
        }
    }

    private Run.Result same(Function<Peer, Run.Result> action) {
        Run.Result expected = action.apply(openSsh);
        Run.Result actual = action.apply(agent);
        assertEquals(expected, actual, () -> "OpenSSH: " + expected + "\nthe agent: " + actual);
        return actual;
    }

    @Test
    void everyExitCodeFrom0To255Arrives() {
        String script = "for ((code = $FIRST; code < 256; code += 8)); do $SSH exit $code </dev/null; echo $code $?; done";
        Function<Peer, Run.Result> all = peer -> peer.script(
                "for part in 0 1 2 3 4 5 6 7; do (FIRST=$part; " + script + ") & done; wait");
        String lines = all.apply(agent).out();
        for (int code = 0; code < 256; code++) {
            String line = code + " " + code;
            assertTrue(lines.lines().anyMatch(line::equals), () -> "no line " + line + " in " + lines);
        }
        same(peer -> peer.script("for code in 0 1 2 77 126 127 128 129 137 143 254 255; do $SSH exit $code; echo $?; done"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HUP", "INT", "QUIT", "ABRT", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "BUS", "FPE", "SYS"})
    void aSignalThatEndsTheCommandIsReportedAsOne(String signal) {
        // -v shows the exit-signal request, which the exit code 255 alone would not tell from a broken connection.
        same(peer -> {
            Run.Result result = peer.with("-o", "LogLevel=DEBUG1").run("ulimit -c 0; kill -" + signal + " $$");
            String told = result.err().lines()
                    .filter(line -> line.contains("rtype exit") || line.contains("Exit status"))
                    .collect(Collectors.joining("\n"))
                    .replace("\r", "");
            return new Run.Result(result.code(), result.output(), told.getBytes(StandardCharsets.UTF_8));
        });
    }

    @Test
    void anExitWith137IsNotADeathBySignal9() {
        assertEquals(137, same(peer -> peer.run("exit 137")).code());
        assertEquals(255, same(peer -> peer.run("kill -9 $$")).code());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "echo out; echo err >&2; exit 3",
        "pwd; id -un; echo $0 $#",
        "no-such-program-at-all",
        "'unbalanced",
        "echo \"a  b\" 'c  d' $((1+2)); echo *.none",
        "printf 'a\\0b\\377c'",
        "true && false || echo chained",
        "cat",
        "echo \u00fcml\u00e4ut \u20ac",
        "for i in 1 2 3; do echo $i; echo e$i >&2; done",
        "(sleep 0.5; echo late) & echo early",
        "(sleep 0.5; echo late >&2) & echo early; exit 4",
        "for i in 1 2 3; do echo $i; done > >(sleep 0.3; cat)",
        "exec >/dev/null; sleep 0.2; exit 5",
        "exec >&- 2>&-; sleep 0.2; exit 6",
        "setsid sleep 0.3 </dev/null >/dev/null 2>&1 & echo started",
        "trap 'echo bye' EXIT; echo hi",
        "tty; test -t 0 || echo no terminal; test -t 1 || echo none; test -t 2 || echo none",
        "umask; ulimit -c >/dev/null; echo $SHLVL $PPID | cut -d' ' -f1; echo $-",
        "echo ${TERM-unset} ${SSH_TTY-unset} ${SSH_ORIGINAL_COMMAND-unset}",
        "read line; echo got $line; read line || echo eof",
        "ls -d / /none",
        "bash -c 'exit 9'; echo $?; sh -c 'kill -15 $$'; echo $?",
        ":",
        "head -c 100000 /dev/zero | tr '\\0' x",
        "echo a >&2; echo b; exec sleep 0.1",
        "ps -o pgid=,sid= -p $$ | { read g s; test $g = $$ && test $s = $$ && echo leader || echo not the leader; }",
        // The signals above 31 are of glibc, which a JVM as parent ignores.
        "for set in SigBlk SigIgn; do grep $set /proc/self/status | tail -c 8; done",
        "ls /proc/self/fd | wc -l",
        "echo x >/dev/stdout; echo y >/dev/stderr; cat /dev/stdin"
    })
    void aCommandBehavesTheSame(String command) {
        same(peer -> peer.run("first line\nrest".getBytes(StandardCharsets.UTF_8), command));
    }

    @Test
    void aLongCommandLineArrivesWhole() {
        same(peer -> peer.run("printf %s " + "x".repeat(100_000) + " | cksum"));
    }

    @Test
    void aCommandThatStartsWithADashOrHasLinesIsACommand() {
        same(peer -> peer.run("-x"));
        same(peer -> peer.run("echo one\necho two\nexit 12"));
    }

    @Test
    void theEnvironmentIsTheSameButForWhatIsMeantToDiffer() {
        same(peer -> {
            Run.Result result = peer.with("-o", "SetEnv=LANG=C.UTF-8 LC_TIME=de_DE EVIL=1 LD_PRELOAD=/x LC_=2").run("env -0");
            var kept = new TreeMap<String, String>();
            for (String pair : result.out().split("\0")) {
                String[] both = pair.split("=", 2);
                kept.put(both[0], both[1].replaceAll("\\b\\d{4,5}\\b", "PORT"));
            }
            kept.keySet().removeAll(SshDifferencesTest.ENVIRONMENT);
            return new Run.Result(result.code(), kept.toString().getBytes(StandardCharsets.UTF_8), result.error());
        });
    }

    @Test
    void bashReadsTheUsersBashrcAsUnderSshd() throws Exception {
        java.nio.file.Files.writeString(stage.home.resolve(".bashrc"), "FROM_RC=yes\n");
        java.nio.file.Files.writeString(stage.home.resolve(".bash_profile"), "echo from the profile\n");
        stage.own();
        try {
            same(peer -> peer.run("echo $FROM_RC"));
            same(peer -> peer.script("echo 'echo $0 $FROM_RC; exit 3' | $SSH"));
        } finally {
            java.nio.file.Files.delete(stage.home.resolve(".bashrc"));
            java.nio.file.Files.delete(stage.home.resolve(".bash_profile"));
        }
    }

    @Test
    void aScriptPipedIntoAShellRuns() {
        same(peer -> peer.script("printf 'echo $0\\necho two >&2\\nexit 5\\n' | $SSH; echo $?"));
        same(peer -> peer.script("printf 'cat\\nnot a command\\n' | $SSH; echo $?"));
        same(peer -> peer.script("printf 'echo T\\n' | $SSH -T; echo $?"));
    }

    @Test
    void a100MegabytesOfChanceGoUpAndComeBackUnharmed() {
        byte[] data = new byte[100 * 1024 * 1024];
        new Random(42).nextBytes(data);
        Run.Result echoed = agent.run(data, "cat");
        assertTrue(Arrays.equals(data, echoed.output()), "came back different, " + echoed.output().length + " bytes");
        Run.Result sum = same(peer -> peer.run(data, "sha256sum"));
        assertEquals(0, sum.code());
        same(peer -> peer.script("$SSH 'head -c 100M /dev/zero | tr \"\\0\" \"\\252\"' | sha256sum"));
    }

    @Test
    void standardErrorAndOutputOfManyBytesStayApart() {
        same(peer -> peer.run("head -c 5M /dev/zero | tr '\\0' o & head -c 5M /dev/zero | tr '\\0' e >&2; wait"));
    }

    @Test
    void aReaderThatLeavesEndsTheWriter() {
        same(peer -> peer.script("$SSH 'yes; echo $? >&2' | head -2; echo ${PIPESTATUS[@]}"));
        same(peer -> peer.script("yes | $SSH 'head -2'; echo ${PIPESTATUS[1]}"));
        same(peer -> peer.script("yes | $SSH 'exec 0<&-; sleep 0.5; echo slept'; echo ${PIPESTATUS[1]}"));
        same(peer -> peer.script("(sleep 1; echo too late) | $SSH true; echo ${PIPESTATUS[1]}"));
    }

    @Test
    void aSlowReaderLosesNothing() {
        same(peer -> peer.script("$SSH 'head -c 20M /dev/zero | tr \"\\0\" x; exit 3' | (sleep 2; cksum); echo ${PIPESTATUS[0]}"));
    }

    @Test
    void aCommandOutlivesItsKilledClientWithoutATerminal() {
        same(peer -> peer.script("""
                rm -f mark
                $SSH "sh -c 'echo up; sleep 2; echo done >$THERE/outlived.$AT'" >mark &
                for i in $(seq 100); do test -s mark && break; sleep 0.1; done
                kill -9 $!; wait $! 2>/dev/null; echo killed $?
                for i in $(seq 100); do $SSH "test -e $THERE/outlived.$AT" && break; sleep 0.1; done
                $SSH "cat $THERE/outlived.$AT"
                """));
    }

    @Test
    void aWriterMeetsABrokenPipeWhenItsClientIsKilled() {
        same(peer -> peer.script("""
                rm -f mark
                $SSH "trap '' HUP; yes; echo \\$? >$THERE/writer.$AT" >mark &
                for i in $(seq 100); do test -s mark && break; sleep 0.1; done
                kill -9 $!; wait $! 2>/dev/null
                for i in $(seq 100); do $SSH "test -s $THERE/writer.$AT" && break; sleep 0.1; done
                $SSH "cat $THERE/writer.$AT"
                """));
    }

    @Test
    void fiftyConnectionsInParallelAllGetTheirOwnAnswer() {
        Run.Result result = same(peer -> peer.script(
                "for i in $(seq 50); do $SSH \"sleep 0.2; echo answer $i; exit $i\" </dev/null >out.$i 2>&1; echo $? >>out.$i & done; wait; "
                        + "for i in $(seq 50); do cat out.$i; done"));
        assertEquals(100, result.out().lines().count(), result::toString);
        assertTrue(result.out().contains("answer 50\n50\n"), result::toString);
    }

    @Test
    void oneConnectionCarriesManySessions() {
        same(peer -> peer.script("""
                control="-o ControlPath=$HOME/c.%C"
                $SSH $control -o ControlMaster=yes -N -f </dev/null >/dev/null 2>&1
                for i in 1 2 3 4 5 6 7 8; do ssh $control ${SSH#ssh} "sleep 0.3; echo $i; exit $i" >o.$i; echo $? >>o.$i & done; wait
                cat o.[1-8]
                ssh $control ${SSH#ssh} 'kill -9 $$'; echo $?
                ssh $control -O exit ${SSH#ssh} 2>&1 | tr -d '\\r'
                """));
    }
}
