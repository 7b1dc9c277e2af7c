package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A stranger's address does what it can to keep others out, and does not. */
@OnStage
class SshFloodIT {
    private static final String STRANGER = "10.99.250.1";
    private static final String OPERATOR = "10.99.0.1";

    /** Holds a thousand connections for as long as it lives, each at another stage of nothing. */
    private static final String FLOOD = """
            use IO::Socket::INET; use IO::Select; $SIG{PIPE} = 'IGNORE';
            my ($from, $to) = @ARGV; my %open; $| = 1; my $begun = 0;
            while (1) {
                while (keys %open < 1000) {
                    my $s = IO::Socket::INET->new(LocalAddr => $from, PeerAddr => $to, PeerPort => 22, Timeout => 5) or last;
                    syswrite $s, "SSH-2.0-stranger\\r\\n" if $begun % 2;
                    syswrite $s, "\\0\\0\\1\\0" if $begun % 4 == 3;
                    $open{fileno $s} = $s; $begun++;
                }
                print "$begun\\n";
                for my $s (IO::Select->new(values %open)->can_read(0.2)) {
                    sysread($s, my $said, 65536) or do { delete $open{fileno $s}; close $s };
                }
            }
            """;

    @Test
    void aThousandHalfOpenConnectionsOfAStrangerRefuseNobodyElse(Stage stage) {
        Sandbox sandbox = stage.sandbox("node").start();
        Ssh ssh = new Ssh(stage, sandbox).awaitLogin();
        Program.run(Await.LONG, stage.wire().outside(
                List.of("ip", "address", "add", STRANGER + "/16", "dev", "wire"))).orFail();
        Program flood = stage.keep(Program.start(Path.of("/dev/null"), stage.wire().outside(List.of("bash", "-c",
                "ulimit -n 4096; exec perl -e \"$0\" " + STRANGER + " " + sandbox.address(), FLOOD))));
        Await.until(Await.LONG, "a thousand connections", () -> begun(flood) >= 1000);

        // As pgxc_ctl works: one command after the other, and bursts of them.
        for (int i = 0; i < 10; i++) {
            Program.Result result = Program.run(Await.LONG, ssh.commandLine(List.of("-b", OPERATOR), "echo in"));
            assertEquals("in", result.text(), result::toString);
        }
        List<Program> burst = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            burst.add(stage.keep(Program.start(
                    Path.of("/dev/null"), ssh.commandLine(List.of("-b", OPERATOR), "echo " + i))));
        }
        for (int i = 0; i < 20; i++) {
            Program.Result result = burst.get(i).await(Duration.ofSeconds(120));
            assertEquals(0, result.code(), result::toString);
        }
        assertTrue(flood.isRunning() && begun(flood) > 1000, "the stranger came back again and again");
        long lines = sandbox.log().text().lines().filter(line -> line.contains(STRANGER)).count();
        assertTrue(lines <= 60, lines + " lines about the stranger");
        System.out.println("MEASURED connections of one stranger: " + begun(flood) + ", refused of the operator: 0 of 30");
    }

    private static long begun(Program flood) {
        List<String> lines = flood.outputSoFar().lines().toList();
        return lines.size() < 2 ? 0 : Long.parseLong(lines.get(lines.size() - 2));
    }
}
