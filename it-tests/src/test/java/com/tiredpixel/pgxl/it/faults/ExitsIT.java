package com.tiredpixel.pgxl.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.it.Program;
import com.tiredpixel.pgxl.it.Sandbox;
import com.tiredpixel.pgxl.it.Ssh;
import com.tiredpixel.pgxl.it.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Exit codes and signals through every way of starting a command over SSH, while orphans rain on the reaper. */
@Faults
class ExitsIT {
    /** A client cannot tell a signal: the server sends {@code exit-signal}, and OpenSSH's {@code ssh} ends with 255. */
    private static final int OF_A_SIGNAL = 255;

    enum Way {
        COMMAND, TERMINAL, SHELL
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void everyExitIsToldAsItWas(Way way, Stage stage) throws IOException {
        Sandbox sandbox = stage.sandbox("node").start();
        Ssh ssh = new Ssh(stage, sandbox).awaitLogin();
        Path input = stage.newDirectory("input").resolve("script");
        ssh.start("for i in $(seq 100000); do ( (exit 3) & ); sleep 0.002; done");
        try (var row = new Row(1, "exit codes 0 to 255 and ten signals over SSH, by "
                + way.name().toLowerCase(java.util.Locale.ROOT), ExitsIT.class)
                .opposite("`ReapingIT.withoutTheReaperOrphansStayZombies`; a wrong code would differ here")) {
            for (End end : End.all()) {
                int expected = end.status() instanceof ExitStatus.Exited exited ? exited.code() : OF_A_SIGNAL;
                row.round(() -> assertEquals(expected, run(ssh, stage, way, input, end.shell(), row).code()));
            }
        }
    }

    private static Program.Result run(Ssh ssh, Stage stage, Way way, Path input, String command, Row row)
            throws IOException {
        long start = System.nanoTime();
        Program.Result result = switch (way) {
            case COMMAND -> ssh.run(command);
            case TERMINAL -> Program.run(Duration.ofSeconds(60), ssh.commandLine(List.of("-tt"), command));
            case SHELL -> Program.run(Duration.ofSeconds(60), Files.writeString(input, command + "\n"),
                    ssh.commandLine(List.of("-T"), ""));
        };
        row.timed(start);
        return result;
    }
}
