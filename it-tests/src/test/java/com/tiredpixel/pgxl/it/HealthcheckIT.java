package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code image/healthcheck}: it asks an address on which the agent listens, and then the agent. */
class HealthcheckIT {

    @TempDir
    Path temporary;
    private Path script;

    @BeforeEach
    void placeItBesideAnAgentThatIsLive() throws IOException {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path pgxl = temporary.resolve("pgxl");
        String text = Files.readString(Places.IMAGE.resolve("healthcheck"));
        assertTrue(text.contains("/usr/local/lib/pgxl-agent/bin/pgxl"));
        script = program("healthcheck", text.replace("/usr/local/lib/pgxl-agent/bin/pgxl", pgxl.toString()));
        program("pgxl", "#!/bin/sh\necho \"pgxl $*\"\n");
    }

    private Path program(String name, String text) throws IOException {
        Path program = Files.writeString(temporary.resolve(name), text);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return program;
    }

    private Program.Result check(String listen, String port) {
        return Program.run(Await.LONG, List.of("env", "PGXL_USER=nobody", "PGXL_SSH_LISTEN=" + listen,
                "PGXL_SSH_PORT=" + port, script.toString()));
    }

    /** A server that says one line to whoever comes, until it is closed. */
    private static ServerSocket greeter(String address, int port, String line) throws IOException {
        var socket = new ServerSocket(port, 50, InetAddress.getByName(address));
        var thread = new Thread(() -> {
            while (true) {
                try (Socket client = socket.accept()) {
                    client.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
                } catch (IOException closed) {
                    return;
                }
            }
        }, "greeter");
        thread.setDaemon(true);
        thread.start();
        return socket;
    }

    /** A server on no other address: each question at 127.0.0.1 would be refused. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "127.0.0.2 | 127.0.0.2", "127.0.0.2 | 127.0.0.2,127.0.0.9", "127.0.0.2 | \" 127.0.0.2 , 127.0.0.9\"",
        "::1 | ::1", "::1 | ::1,127.0.0.9", "127.0.0.1 | *", "127.0.0.1 | 0.0.0.0", "127.0.0.1 | ::", "127.0.0.1 | \"\"",
        "127.0.0.1 | 127.0.0.1"
    })
    void itAsksAnAddressThatIsListenedOn(String address, String listen) throws IOException {
        try (ServerSocket server = greeter(address, 0, "SSH-2.0-test")) {
            assertEquals("SSH answers on " + address + " port " + server.getLocalPort() + "\npgxl health live",
                    check(listen, Integer.toString(server.getLocalPort())).orFail().text());
        }
    }

    /** As Kubernetes describes a service pgxl-ssh. */
    @Test
    void whatDescribesAServiceIsNoPort() throws IOException {
        try (ServerSocket server = greeter("127.0.0.7", 22, "SSH-2.0-test")) {
            assertEquals(22, server.getLocalPort());
            assertTrue(check("127.0.0.7", "tcp://10.96.0.7:2222").orFail().text().startsWith("SSH answers on 127.0.0.7 port 22\n"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.0 400", "", "SSH-1.5-old"})
    void whatIsNoSshServerIsNotHealthy(String line) throws IOException {
        try (ServerSocket server = greeter("127.0.0.1", 0, line)) {
            Program.Result result = check("*", Integer.toString(server.getLocalPort()));
            assertNotEquals(0, result.code());
            assertTrue(result.text().endsWith("says \"" + line + "\r\""), result.toString());
        }
    }

    @Test
    void neitherIsOneThatNobodyListensOnNorAnAgentThatIsNotLive() throws IOException {
        ServerSocket server = greeter("127.0.0.1", 0, "SSH-2.0-test");
        String port = Integer.toString(server.getLocalPort());
        program("pgxl", "#!/bin/sh\nexit 3\n");
        assertEquals(3, check("*", port).code());
        server.close();
        assertNotEquals(0, check("*", port).code());
    }
}
