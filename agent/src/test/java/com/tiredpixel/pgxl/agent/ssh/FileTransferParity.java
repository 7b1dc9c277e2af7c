package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code scp} in both protocols, {@code sftp} and {@code rsync}: the same files arrive as with OpenSSH's server. */
@Tag("parity")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FileTransferParity {
    /** Shows all that a transfer can get wrong, but for the times of directories. */
    private static final String SHOW = """
            show() { (cd "$1" && find . -mindepth 1 ! -type d -printf '%P %y %m %s %l ' -exec sh -c \
            'test -h "$1" || { stat -c %Y "$1" | cut -c1-9; cksum <"$1"; } | tr "\\n" " "; echo' sh {} \\; -o -type d -printf '%P %y %m\\n' | sort); }
            """;

    Stage stage;
    Peer agent;
    private Peer openSsh;

    abstract AgentProcess open(Stage set) throws Exception;

    @BeforeAll
    void start() throws Exception {
        stage = Stage.set();
        openSsh = Peer.of(stage, OpenSshProcess.start(stage));
        agent = Peer.of(stage, open(stage));
        stage.ok("bash", "-c", """
                mkdir -p tree/deep/deeper tree/empty
                head -c 3000000 /dev/urandom >tree/big
                : >tree/nothing
                echo text >'tree/with space'
                echo text >tree/$'\\303\\244'
                echo run >tree/deep/script; chmod 750 tree/deep/script
                echo secret >tree/deep/deeper/key; chmod 600 tree/deep/deeper/key
                ln -s script tree/deep/link
                find tree -exec touch -h -d '2020-02-02 02:02:02' {} +
                """);
    }

    @AfterAll
    void stop() {
        if (stage != null) {
            stage.close();
        }
    }

    Run.Result same(String script) {
        return same(script, compared(clean(openSsh.script(SHOW + script))), compared(onTheAgent(script)));
    }

    /** What of a result has to be the same. */
    Run.Result compared(Run.Result result) {
        return result;
    }

    Run.Result onTheAgent(String script) {
        return clean(agent.script(SHOW + script));
    }

    private static Run.Result same(String what, Run.Result expected, Run.Result actual) {
        assertEquals(expected, actual, () -> what + "\nOpenSSH: " + expected + "\nthe agent: " + actual);
        return actual;
    }

    private static Run.Result clean(Run.Result result) {
        String error = result.err().replaceAll("port \\d+", "port N").replaceAll("\\.(OpenSSH|the-agent)", ".AT");
        String output = result.out().replaceAll("\\.(OpenSSH|the-agent)", ".AT");
        return new Run.Result(
                result.code(), output.getBytes(StandardCharsets.UTF_8), error.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-O"})
    void scpCarriesTreesUpAndDown(String protocol) {
        String scp = "$SCP " + protocol + " ";
        Run.Result up = same(scp + "-rp tree $HOST:up.$AT; echo $?; $SSH \"cd up.$AT && find . -type f -exec cksum {} + | sort\"");
        assertTrue(up.out().startsWith("0\n"), up::toString);
        Run.Result down = same("rm -rf down; " + scp + "-rp $HOST:up.$AT down; echo $?; show down");
        assertTrue(down.out().contains("big f 644 3000000"), down::toString);
        same("rm -rf down; " + scp + "$HOST:up.$AT/big down; echo $?; cmp tree/big down");
        same(scp + "$HOST:up.$AT/none down; echo $?");
        same(scp + "tree/big $HOST:none.$AT/big; echo $?");
        same(scp + "tree/big /dev/null $HOST:up.$AT/empty/; echo $?; $SSH \"cksum up.$AT/empty/*\"");
        same(scp + "tree/big $HOST:/proc/none; echo $?");
        same(scp + "$HOST:/etc/passwd $HOST:~/up.$AT/nothing down; echo $?; cmp /etc/passwd down/passwd");
        same("$SSH rm -rf up.$AT");
    }

    @Test
    void scpBySftpExpandsPatterns() {
        same(patterns(""));
    }

    static String patterns(String protocol) {
        String scp = "$SCP " + protocol + " ";
        return scp + "-rp tree $HOST:up.$AT; rm -rf down; mkdir down; "
                + scp + "\"$HOST:up.$AT/with space\" $HOST:up.$AT/deep/script down; echo $?; "
                + scp + "\"$HOST:up.$AT/deep/*\" down; echo $?; show down | cut -d' ' -f1-4; $SSH rm -rf up.$AT";
    }

    @Test
    void scpOfABigFileIsWholeInBothProtocols() {
        stage.ok("bash", "-c", "test -e large || head -c 104857600 /dev/urandom >large");
        for (String protocol : new String[] {"", "-O"}) {
            String scp = "$SCP " + protocol + " ";
            Run.Result result = same(scp + "large $HOST:large.$AT && $SSH \"sha256sum <large.$AT\"; rm -f back; "
                    + scp + "$HOST:large.$AT back && cmp large back; echo $?; rm back; $SSH \"rm large.$AT\"");
            assertTrue(result.out().endsWith("0\n"), result::toString);
        }
    }

    @Test
    void rsyncCarriesTreesUpAndDown() {
        Run.Result up = same("rsync -a --itemize-changes tree/ $HOST:sync.$AT | sort; echo $?; "
                + "rm -rf down; rsync -a $HOST:sync.$AT/ down; echo $?; show down; "
                + "echo more >>tree/nothing; rsync -ai --delete tree/ $HOST:sync.$AT; truncate -s 0 tree/nothing; touch -d '2020-02-02 02:02:02' tree/nothing; "
                + "rsync -a tree/none $HOST:sync.$AT 2>&1 | tail -1; $SSH \"rm -rf sync.$AT\"");
        assertTrue(up.out().contains("big f 644 3000000"), up::toString);
        // As archive_command of a slave does it, one WAL segment after the other.
        same("head -c 16777216 tree/big /dev/zero >segment; rsync segment $HOST:wal.$AT; echo $?; rsync segment $HOST:wal.$AT; echo $?; $SSH \"cksum <wal.$AT; rm wal.$AT\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "pwd",
        "ls -1",
        "mkdir d\nls -1\nmkdir d\nls",
        "mkdir d\nrmdir d\nls -1",
        "put tree/big\nput tree/big other\nls -1\nget big $HOME/got",
        "put -p tree/deep/script\nget -p script $HOME/got",
        "put -r tree\nls -1 tree",
        "put tree/big a\nrename a b\nls -1",
        "put tree/big a\nput tree/nothing b\nrename a b\nls -1",
        "put tree/big a\nrename -l a b\nput tree/nothing c\nrename -l c b",
        "put tree/big a\nln -s a l\nls -1\nget l $HOME/got",
        "ln -s nowhere l\nls -1\nget l $HOME/got",
        "put tree/big a\nln a h\nls -1\nrm a\nls -1",
        "put tree/big a\nchmod 640 a\nget -p a $HOME/got",
        "rm none",
        "rm d",
        "cd none",
        "cd /\npwd\nls -1d etc",
        "cd ..\npwd",
        "get none",
        "get /etc/hostname $HOME/got",
        "put tree/big /none/x",
        "put tree/big a\ntruncate a",
        "put tree/nothing a\nreput tree/big a\nget a $HOME/got",
        "put -f tree/big a\nget a $HOME/got",
        "put tree/big a\nget -a a $HOME/got",
        "put \"tree/with space\"\nls -1",
        "put tree/\u00e4\nls -1",
        "mkdir d\nput tree/big d\nput tree/nothing d/x\nls -1 d/*\nrm d/*\nls -1 d",
        "symlink a b\nls -1",
        "version",
        "chown 0 tree",
        "lmkdir sub\nlpwd"
    })
    void aBatchOfSftpBehavesTheSame(String batch) {
        same(batch(batch));
    }

    static String batch(String lines) {
        return """
                $SSH "rm -rf box.$AT; mkdir box.$AT"; rm -rf got sub
                { echo "cd box.$AT"; cat <<END
                """ + lines + """

                END
                } >batch
                $SFTP -b batch $HOST 2>&1 | sed 's/sftp>.*//' | grep -a -v '^$'; echo ${PIPESTATUS[0]}
                test -e got && { cksum got; stat -c %a got; }
                $SSH "cd box.$AT; find . ! -type d -printf '%P %y %m %s %n %l\n' | sort"
                """;
    }
}
