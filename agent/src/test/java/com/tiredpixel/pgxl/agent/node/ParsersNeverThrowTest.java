package com.tiredpixel.pgxl.agent.node;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.tiredpixel.pgxl.agent.log.VisibleText;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Mutated samples and plain noise, from a seed, for a second each; a failure prints its seed. */
class ParsersNeverThrowTest {
    private static final long NANOS = 1_000_000_000L;
    private static final String ALPHABET = "\n\n\0\"\"'' \t=-#\\0123456789DciXx/.{}\u00e9\u2028\ud83d\ude00\ud83d";

    static Stream<Arguments> parsers() {
        return Stream.of(
                Arguments.of("postmaster.pid", Samples.text("coordinator", "postmaster.pid"), (Consumer<String>)
                        text -> describe(PidFile.parsePostmaster(text))),
                Arguments.of("gtm.pid", Samples.text("gtm-slave", "gtm.pid"), (Consumer<String>)
                        text -> describe(PidFile.parseGtm(text))),
                Arguments.of("postmaster.opts", Samples.text("datanode", "postmaster.opts"), (Consumer<String>)
                        text -> describe(OptionsFile.parse(Program.POSTGRES, text))),
                Arguments.of("gtm.opts", Samples.text("gtm-master", "gtm.opts"), (Consumer<String>)
                        text -> describe(OptionsFile.parse(Program.GTM, text))),
                Arguments.of("postgresql.conf", Samples.text("datanode-promoted", "postgresql.conf.tail"),
                        (Consumer<String>) text -> PostgresConfiguration.parse(text, text)),
                Arguments.of("gtm.conf", Samples.text("gtm-slave", "gtm.conf.settings"), (Consumer<String>)
                        GtmConfiguration::parse),
                Arguments.of("gtm.control", Samples.text("gtm-slave", "gtm.control")
                        + "postgres.public.s\\00\t2001\t1\t1\t1\t9223372036854775807\tf\tt\t1\n",
                        (Consumer<String>) GtmControlTest::parse),
                Arguments.of("command line", "postgres\n--coordinator\n-D\n/data\n-i\n-C\nport", (Consumer<String>)
                        text -> commandLine(Arrays.asList(text.split("\n", -1)))),
                Arguments.of("visible text", "a\u001b[31mb\u202ec", (Consumer<String>)
                        text -> assertTrue(VisibleText.of(text).chars().noneMatch(c -> c == '\n' || c == 0x1b))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("parsers")
    void aParserTakesAnything(String name, String sample, Consumer<String> parser) {
        long end = System.nanoTime() + NANOS;
        for (long seed = 0; System.nanoTime() < end; seed++) {
            String text = mutate(new Random(seed), sample);
            try {
                parser.accept(text);
            } catch (RuntimeException | Error failure) {
                fail(name + " with seed " + seed + " and text " + VisibleText.of(text), failure);
            }
        }
    }

    static void describe(PidFile file) {
        if (file instanceof PidFile.Named named) {
            assertTrue(named.pid() > 1 && named.pid() <= PidFile.HIGHEST_PID);
            assertTrue(named.dataDirectory().startsWith("/"));
        }
    }

    static void describe(OptionsFile file) {
        if (file instanceof OptionsFile.CommandLine line) {
            line.dataDirectory();
            line.port();
            line.roles();
            assertTrue(line.restartArguments().stream().noneMatch("--restoremode"::equals)
                    || line.program() == Program.GTM || line.restartArguments().indexOf("--restoremode") > 0);
        }
    }

    static void commandLine(List<String> argv) {
        for (String program : List.of("postgres", "gtm", "gtm_proxy", "")) {
            ServerCommandLine.roleOf(program, argv);
        }
    }

    private static String mutate(Random random, String sample) {
        StringBuilder text = new StringBuilder(random.nextInt(8) == 0 ? "" : sample);
        int changes = random.nextInt(12);
        for (int i = 0; i < changes; i++) {
            int at = text.length() == 0 ? 0 : random.nextInt(text.length());
            switch (random.nextInt(5)) {
                case 0 -> text.insert(at, ALPHABET.charAt(random.nextInt(ALPHABET.length())));
                case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(20)));
                case 2 -> text.setLength(at);
                case 3 -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(40))));
                default -> text.insert(at, (char) random.nextInt(0x10000));
            }
        }
        return text.toString();
    }
}
