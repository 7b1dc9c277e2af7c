package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.Libc;
import com.tiredpixel.pgxl.agent.os.Processes;
import com.tiredpixel.pgxl.agent.os.Reaper;
import com.tiredpixel.pgxl.agent.os.Terminals;
import com.tiredpixel.pgxl.agent.os.crypto.LibCrypto;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The SSH server alone in a JVM of its own, because its reaper takes every child of its JVM. Arguments: user,
 * home, state directory, path for sessions, seconds to log in, most sessions. Commands come on standard
 * input, a line each; the end of input ends it. After these with {@code builtin} SFTP is served by MINA, with
 * {@code java} the Java run time encrypts, with {@code rekey} keys are made anew every 256 KiB, with {@code unbounded}
 * answers may wait without limit, with {@code generous} all that sessions share is without limit,
 * with {@code stingy} nothing is shared, with {@code default exchanges} sntrup761 is not offered,
 * with {@code unrehearsed} the first login initializes what it needs, with {@code discreet} the audit shows programs alone, with
 * {@code old} the MACs of old clients are offered too.
 */
final class ServerMain {
    /** Some of those with static initializers. */
    private static final String[] OF_A_FIRST_LOGIN = {
        "sun.nio.ch.AsynchronousSocketChannelImpl$DefaultOptionsHolder",
        "java.util.concurrent.FutureTask",
        "org.apache.sshd.common.io.nio2.Nio2Session",
        "org.apache.sshd.common.session.helpers.AbstractSession",
        "org.apache.sshd.common.kex.KexProposalOption",
        "org.apache.sshd.common.session.helpers.KeyExchangeMessageHandler",
        "com.tiredpixel.pgxl.agent.ssh.FailedLogins",
        "com.tiredpixel.pgxl.agent.ssh.KeyOptions",
        "org.apache.sshd.server.channel.ChannelSession",
        "com.tiredpixel.pgxl.agent.ssh.SignalNames"
    };

    private static final Duration PAUSE = Duration.ofMillis(100);

    private ServerMain() {
    }

    public static void main(String[] arguments) throws Exception {
        EventLog log = (level, subject, message) -> say("log " + level + " " + subject + " " + message);
        var libc = Libc.load();
        var reaper = new Reaper(libc, log, MonotonicClock.system());
        reaper.start();
        List<String> more = List.of(arguments).subList(6, arguments.length);
        if (more.contains("rekey")) {
            System.setProperty("org.apache.sshd.config.rekey-bytes-limit", Integer.toString(256 * 1024));
        }
        String user = arguments[0];
        Path home = Path.of(arguments[1]);
        var settings = new SshSettings(
                user,
                home,
                Path.of(arguments[2]),
                Path.of("/bin/bash"),
                List.of(InetAddress.getLoopbackAddress()),
                0,
                Duration.ofSeconds(Long.parseLong(arguments[4])),
                Integer.parseInt(arguments[5]),
                List.of("ed25519", "ecdsa", "rsa"),
                more.contains("default exchanges")
                        ? List.of("mlkem768", "curve25519", "group16")
                        : List.of("mlkem768", "sntrup761", "curve25519", "group16"),
                more.contains("old")
                        ? List.of("hmac-sha2-256-etm", "hmac-sha2-512-etm", "hmac-sha2-256", "hmac-sha2-512")
                        : List.of("hmac-sha2-256-etm", "hmac-sha2-512-etm"),
                more.contains("discreet") ? CommandDetail.COMMAND : CommandDetail.FULL,
                more.contains("builtin") ? Optional.empty() : SshSettings.installedSftpServer());
        var environment = Map.of(
                "HOME", home.toString(),
                "USER", user,
                "LOGNAME", user,
                "SHELL", "/bin/bash",
                "PATH", arguments[3],
                "PGXL_TEST", "from the container");
        try (var server = new SshServer(
                settings,
                crypto(more.contains("java")),
                new Processes(libc, reaper),
                new Terminals(libc),
                environment,
                log,
                MonotonicClock.system(),
                more.contains("unbounded")
                        ? new Answers(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE)
                        : Answers.bounded(),
                share(more),
                !more.contains("unrehearsed"))) {
            server.bind();
            say("port " + server.port());
            obey(server);
        }
        say("closed");
    }

    private static HeapShare share(List<String> more) {
        return more.contains("generous") ? new HeapShare(part -> Integer.MAX_VALUE)
                : more.contains("stingy") ? new HeapShare(part -> part == HeapShare.Part.LONG_OF_STRANGERS ? part.most() : 0)
                : HeapShare.bounded();
    }

    private static LibCrypto.Loading crypto(boolean java) {
        LibCrypto.Loading loading =
                java ? new LibCrypto.Loading.Refused("the test wants the Java run time") : LibCrypto.load();
        say("crypto: " + (loading instanceof LibCrypto.Loading.Loaded ? "libcrypto" : "java"));
        return loading;
    }

    private static void obey(SshServer server) throws Exception {
        var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            switch (line) {
                case "open" -> {
                    server.prepare();
                    server.open();
                }
                case "counters" -> say(server.counters().toString());
                case "threads" -> Thread.getAllStackTraces().keySet().forEach(t -> System.out.println(t.getName()));
                case "heap" -> {
                    System.gc();
                    Runtime jvm = Runtime.getRuntime();
                    say("heap " + (jvm.totalMemory() - jvm.freeMemory()) / 1024 + " KiB");
                }
                case "open and look" -> {
                    server.prepare();
                    server.open();
                    say("missing " + Stream.of(OF_A_FIRST_LOGIN).filter(ServerMain::isNotInitialized).toList());
                }
                case "fill the heap" -> fillTheHeap(() -> { });
                case "open in a full heap" -> openInAFullHeap(server);
                case "close to new sessions" -> server.closeToNewSessions();
                case "hang up" -> server.hangUp();
                default -> throw new IllegalArgumentException(line);
            }
            say("done " + line);
        }
    }

    private static boolean isNotInitialized(String name) {
        try {
            // By reflection, for javac warns of every other mention.
            Class<?> unsafe = Class.forName("sun.misc.Unsafe");
            Field only = unsafe.getDeclaredField("theUnsafe");
            only.setAccessible(true);
            Class<?> asked = Class.forName(name, false, ServerMain.class.getClassLoader());
            return (boolean) unsafe.getMethod("shouldBeInitialized", Class.class).invoke(only.get(null), asked);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As the agent does it: what there was no memory for is tried again. */
    private static void openInAFullHeap(SshServer server) throws InterruptedException {
        var full = new CountDownLatch(1);
        var filling = new Thread(() -> fillTheHeap(full::countDown));
        filling.start();
        full.await();
        for (boolean isOpen = false; !isOpen; ) {
            try {
                server.prepare();
                server.open();
                isOpen = true;
            } catch (OutOfMemoryError e) {
                Thread.sleep(PAUSE.toMillis());
            }
        }
        filling.join();
    }

    /** For some seconds but for a little, now more and now less: whatever is done gets half-way, each time another half. */
    private static void fillTheHeap(Runnable whenFull) {
        long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        var random = new Random();
        var all = new byte[200_000][];
        int used = 0;
        while (System.nanoTime() < end) {
            try {
                while (used < all.length) {
                    all[used] = new byte[used < 20 ? 512 * 1024 : 1024];
                    used++;
                }
            } catch (OutOfMemoryError e) {
                whenFull.run();
                int free = random.nextInt(60);
                for (int i = 0; i < free && used > 20; i++) {
                    all[--used] = null;
                }
                LockSupport.parkNanos(random.nextInt(3_000_000));
            }
        }
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
