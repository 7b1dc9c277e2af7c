package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ssh -t} and shells with a terminal: the same as with OpenSSH's server. */
@Tag("parity")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshTerminalParityTest {
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
        Run.Result expected = clean(action.apply(openSsh));
        Run.Result actual = clean(action.apply(agent));
        assertEquals(expected, actual, () -> "OpenSSH: " + expected + "\nthe agent: " + actual);
        return actual;
    }

    /** Which terminal it is differs by nature; how many there were before, too. */
    private static Run.Result clean(Run.Result result) {
        String output = result.out()
                .replaceAll("pts/\\d+", "pts/N")
                .replaceAll("(line \\d+: +)\\d+", "$1PID")
                // What script makes of its own end of input.
                .replaceAll("\\^@|\\^D\\x08\\x08|\\x00|\\x04", "");
        return new Run.Result(result.code(), output.getBytes(StandardCharsets.UTF_8), result.error());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "tty; test -t 0 && test -t 1 && test -t 2 && echo all three",
        "echo $TERM $SSH_TTY",
        "stty size",
        "echo out; echo err >&2; exit 7",
        "kill -9 $$",
        "kill -TERM $$",
        "ps -o tpgid=,sid=,pgid= -p $$ | { read t s p; test $t = $s && test $s = $p && test $s = $$ && echo leader; }",
        "cat /dev/tty & sleep 0.2; echo done",
        "sleep 300 & exit 4",
        "(trap '' HUP; sleep 2) & echo out",
        "nohup sleep 2 >/dev/null 2>&1 & echo out",
        "setsid sleep 2; echo after",
        "for i in $(seq 20000); do echo line $i; done",
        "echo $-; echo $0; shopt -q login_shell && echo login",
        "printf 'a\\nb\\n'",
        "head -c 300000 /dev/zero | tr '\\0' z",
        "who -m | wc -l >/dev/null; echo ok"
    })
    void aCommandOnATerminalBehavesTheSame(String command) {
        same(peer -> Run.run(stage.clientEnvironment(), stage.client, new byte[0], peer.ssh("-tt", command)));
    }

    @Test
    void theWindowHasTheSizeOfTheClients() {
        Run.Result result = same(peer -> peer.script(
                "script -qec 'stty rows 33 cols 101; exec '\"${SSH/ssh /ssh -t }\"' stty size' /dev/null </dev/null"));
        assertTrue(result.out().contains("33 101"), result::toString);
    }

    @Test
    void aResizeArrivesWithItsSignal() {
        Run.Result result = same(peer -> peer.script("""
                cat >resize.sh <<END
                stty rows 33 cols 101
                (sleep 1.5; stty rows 44 cols 99 </dev/tty) &
                exec ${SSH/ssh /ssh -t } 'trap "stty size; exit 5" WINCH; while :; do sleep 0.1; done'
                END
                script -qec 'bash resize.sh' /dev/null </dev/null; echo $?
                """));
        assertTrue(result.out().contains("44 99"), result::toString);
    }

    @Test
    void modesOfTheClientsTerminalAreTakenOver() {
        same(peer -> peer.script(
                "script -qec 'stty intr ^X -echoctl ixany; exec '\"${SSH/ssh /ssh -t }\"' stty -a' /dev/null </dev/null"));
        same(peer -> Run.run(stage.clientEnvironment(), stage.client, new byte[0], peer.ssh("-tt", "stty -a")));
    }

    @Test
    void controlCInterruptsTheForegroundProcessAndNotTheShell() {
        Run.Result result = same(peer -> peer.script(
                "(sleep 1; printf '\\003'; sleep 1) | $SSH -tt 'trap \"echo trapped\" INT; sleep 30; echo rest $?'"));
        assertTrue(result.out().contains("rest 130"), result::toString);
    }

    @Test
    void controlCEndsACommandWithoutATrapBySignal() {
        same(peer -> peer.script("(sleep 1; printf '\\003'; sleep 1) | $SSH -tt 'sleep 30'; echo ${PIPESTATUS[1]}"));
    }

    @Test
    void controlBackslashAndControlDReachTheirPrograms() {
        same(peer -> peer.script("(sleep 1; printf '\\034'; sleep 1) | $SSH -tt 'ulimit -c 0; sleep 30; echo rest $?'"));
        same(peer -> peer.script("(sleep 1; printf 'text\\n\\004'; sleep 1) | $SSH -tt 'cat; echo end'"));
    }

    @Test
    void jobsCanBeStoppedListedAndBroughtBack() {
        Run.Result result = same(peer -> peer.script("""
                (sleep 1; echo 'PS1=; unset PROMPT_COMMAND; stty -echo'; sleep 0.5
                 echo 'sleep 1'; sleep 0.3; printf '\\032'; sleep 0.5
                 echo jobs; sleep 0.3; echo 'fg; echo back $?'; sleep 1.5; echo 'exit 9'; sleep 0.5) |
                $SSH -tt bash --norc --noediting -i 2>/dev/null | tr -d '\\r' | grep -v '^\\(PS1\\|bash-\\)'; echo ${PIPESTATUS[1]}
                """));
        assertTrue(result.out().contains("Stopped"), result::toString);
        assertTrue(result.out().contains("back 0"), result::toString);
    }

    @Test
    void aLoginShellReadsTheProfileAndKnowsItIsOne() throws Exception {
        java.nio.file.Files.writeString(stage.home.resolve(".bash_profile"), "PS1='prompt> '; echo profile of $0; stty -echo\n");
        stage.own();
        try {
            // What is typed before the profile is through is echoed, or not, as it comes.
            Run.Result result = same(peer -> peer.script("""
                    prompts() { for i in $(seq 200); do test "$(grep -o 'prompt> ' out.$$ | wc -l)" -ge $1 && break; sleep 0.1; done; }
                    mkfifo in.$$; : >out.$$
                    $SSH -tt <in.$$ >out.$$ &
                    exec 9>in.$$
                    prompts 1; echo 'shopt -q login_shell && echo login; tty' >&9
                    prompts 2; echo 'exit 3' >&9
                    wait $!; code=$?
                    exec 9>&-
                    cat out.$$; echo $code; rm in.$$ out.$$
                    """));
            assertTrue(result.out().contains("profile of -bash"), result::toString);
            assertTrue(result.out().contains("login\r\n/dev/pts/"), result::toString);
        } finally {
            java.nio.file.Files.delete(stage.home.resolve(".bash_profile"));
        }
    }

    @Test
    void aTerminalIsHungUpWhenItsClientIsKilled() {
        Run.Result result = same(peer -> peer.script("""
                rm -f mark
                sleep 20 | $SSH -tt "trap 'echo hup >$THERE/hup.$AT; exit' HUP; echo up; while :; do sleep 0.1; done" >mark &
                for i in $(seq 100); do test -s mark && break; sleep 0.1; done
                pkill -9 -P $$ ssh; wait 2>/dev/null
                for i in $(seq 100); do $SSH "test -s $THERE/hup.$AT" && break; sleep 0.1; done
                $SSH "cat $THERE/hup.$AT"
                """));
        assertTrue(result.out().contains("hup"), result::toString);
    }

    @Test
    void aSlowReaderOfATerminalLosesNothing() {
        same(peer -> peer.script("$SSH -tt 'head -c 3000000 /dev/zero | tr \"\\0\" q; exit 6' | (sleep 2; cksum); echo ${PIPESTATUS[0]}"));
    }
}
