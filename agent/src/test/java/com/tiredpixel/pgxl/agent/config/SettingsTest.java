package com.tiredpixel.pgxl.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

    @Test
    void anEmptyEnvironmentGivesTheDefaults() throws UnknownHostException {
        Settings settings = valid(Map.of());

        assertEquals(Path.of("/var/lib/postgres"), settings.home());
        assertEquals(Path.of("/usr/local/lib/postgres"), settings.prefix());
        assertEquals("postgres", settings.user());
        assertEquals(Path.of("/var/lib/postgres/.pgxl"), settings.stateDirectory());
        assertEquals(Optional.empty(), settings.role());
        assertEquals("info", settings.logLevel());
        assertEquals(
                new Settings.Ssh(
                        List.of(InetAddress.getByName("0.0.0.0")), 22, 100, Duration.ofSeconds(30),
                        List.of("ed25519", "rsa"), List.of("mlkem768", "curve25519", "group16"),
                        List.of("hmac-sha2-256-etm", "hmac-sha2-512-etm"),
                        "command"),
                settings.ssh());
        assertEquals(Duration.ofSeconds(9), settings.stopTimeout());
        assertEquals(Duration.ofMillis(250), settings.settleTime());
        assertEquals(8, settings.scanDepth());
        assertEquals(
                new Settings.Backoff(
                        Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofSeconds(10), 5, Duration.ofMinutes(5)),
                settings.backoff());
    }

    @Test
    void everyDefaultIsAllowedByItsOwnRow() {
        for (Setting<?> setting : SettingsTable.ALL) {
            boolean expanded = setting == SettingsTable.STATE_DIR || setting == SettingsTable.ROLE;
            assertTrue(expanded || setting.parser().apply(setting.standard()).isPresent(), setting.name());
        }
    }

    @Test
    void anEmptyVariableIsAnUnsetOne() {
        Map<String, String> empty = new HashMap<>();
        SettingsTable.ALL.forEach(setting -> empty.put(setting.name(), ""));

        assertEquals(valid(Map.of()), valid(empty));
    }

    @Test
    void theStateDirectoryFollowsHome() {
        assertEquals(Path.of("/data/.pgxl"), valid(Map.of("PGXL_HOME", "/data")).stateDirectory());
        assertEquals(
                Path.of("/state"),
                valid(Map.of("PGXL_HOME", "/data", "PGXL_STATE_DIR", "/state")).stateDirectory());
    }

    @ParameterizedTest
    @CsvSource({
        "9, 9000", "9s, 9000", "1500ms, 1500", "1000ms, 1000", "1, 1000", "5min, 300000", "1h, 3600000",
        "3600, 3600000", "09, 9000"
    })
    void aTimeHasAUnitOrIsInSeconds(String text, long millis) {
        assertEquals(Duration.ofMillis(millis), valid(Map.of("PGXL_STOP_TIMEOUT", text)).stopTimeout());
    }

    @ParameterizedTest
    @CsvSource({
        "PGXL_STOP_TIMEOUT, 0", "PGXL_STOP_TIMEOUT, 999ms", "PGXL_STOP_TIMEOUT, 3601", "PGXL_STOP_TIMEOUT, 2h",
        "PGXL_STOP_TIMEOUT, -9", "PGXL_STOP_TIMEOUT, 9 s", "PGXL_STOP_TIMEOUT, nine", "PGXL_STOP_TIMEOUT, 9.5",
        "PGXL_STOP_TIMEOUT, 99999999999999999999", "PGXL_STOP_TIMEOUT, 9m", "PGXL_STOP_TIMEOUT, ' '",
        "PGXL_SSH_PORT, 0", "PGXL_SSH_PORT, 65536", "PGXL_SSH_PORT, -22", "PGXL_SSH_PORT, ssh", "PGXL_SSH_PORT, 22.0",
        "PGXL_SSH_PORT, 0x16", "PGXL_SSH_PORT, ' 22'", "PGXL_SSH_LISTEN, localhost", "PGXL_SSH_LISTEN, 1.2.3",
        "PGXL_SSH_LISTEN, 1.2.3.256", "PGXL_SSH_LISTEN, '127.0.0.1,'", "PGXL_SSH_LISTEN, 127.1",
        "PGXL_SSH_LISTEN, '*,127.0.0.1'", "PGXL_SSH_LISTEN, :::", "PGXL_SSH_LISTEN, 1.2.3.4:22",
        "PGXL_SSH_LISTEN, 010.0.0.1", "PGXL_HOME, data", "PGXL_HOME, /", "PGXL_HOME, //", "PGXL_HOME, /a/../b",
        "PGXL_HOME, /a/.", "PGXL_HOME, '/a:b'", "PGXL_HOME, ~/x", "PGXL_PREFIX, bin", "PGXL_STATE_DIR, x",
        "PGXL_USER, root", "PGXL_USER, Postgres", "PGXL_USER, 1000", "PGXL_USER, 'a b'", "PGXL_USER, -x",
        "PGXL_ROLE, slave", "PGXL_ROLE, GTM", "PGXL_ROLE, 'gtm '", "PGXL_LOG_LEVEL, trace", "PGXL_LOG_LEVEL, INFO",
        "PGXL_SCAN_DEPTH, 0", "PGXL_SCAN_DEPTH, 17", "PGXL_SETTLE_TIME, 0ms", "PGXL_SSH_MAX_SESSIONS, 0",
        "PGXL_SSH_LOGIN_GRACE, 0", "PGXL_SSH_HOST_KEYS, dsa", "PGXL_SSH_HOST_KEYS, 'rsa,'",
        "PGXL_SSH_KEY_EXCHANGES, group1", "PGXL_SSH_KEY_EXCHANGES, 'mlkem768,'", "PGXL_SSH_MACS, hmac-sha1", "PGXL_SSH_MACS, 'hmac-sha2-256,'", "PGXL_CRASH_LOOP_STARTS, 1"
    })
    void anErrorNamesTheVariableTheValueAndWhatIsAllowed(String name, String value) {
        List<String> errors = invalid(Map.of(name, value));

        assertEquals(1, errors.size(), errors.toString());
        assertTrue(errors.get(0).startsWith(name + " is \"" + value + "\", but must be "), errors.get(0));
        assertTrue(errors.get(0).length() > (name + value).length() + 35, errors.get(0));
    }

    @ParameterizedTest
    @CsvSource({
        "*, 0.0.0.0", "'0.0.0.0,::', 0.0.0.0", "'::,0.0.0.0', ::", "'127.0.0.1,::1', '127.0.0.1,::1'",
        "'10.0.0.1, 10.0.0.1', 10.0.0.1"
    })
    void addressesAreLiteralsAndOneWildcardIsEnough(String text, String expected) throws UnknownHostException {
        List<InetAddress> addresses = new ArrayList<>();
        for (String literal : expected.split(",")) {
            addresses.add(InetAddress.getByName(literal));
        }
        assertEquals(addresses, valid(Map.of("PGXL_SSH_LISTEN", text)).ssh().listen());
    }

    @Test
    void pathsAreNormalised() {
        assertEquals(Path.of("/a/b"), valid(Map.of("PGXL_HOME", "//a//b/")).home());
    }

    @Test
    void allErrorsAreTold() {
        List<String> errors = invalid(
                Map.of("PGXL_SSH_PORT", "x", "PGXL_HOME", "y", "PGXL_ROLE", "z", "PGXL_STATE_DIR", "w"));

        assertEquals(4, errors.size(), errors.toString());
    }

    @Test
    void theLongestBackoffIsNotShorterThanTheFirst() {
        assertEquals(1, invalid(Map.of("PGXL_BACKOFF_FIRST", "10s", "PGXL_BACKOFF_MAX", "9s")).size());
        valid(Map.of("PGXL_BACKOFF_FIRST", "10s", "PGXL_BACKOFF_MAX", "10s"));
    }

    @Test
    void aValueCannotForgeALine() {
        String error = invalid(Map.of("PGXL_HOME", "x\n2026 INFO all is well\u001b[0m" + "y".repeat(9999))).get(0);

        assertFalse(error.contains("\n") || error.contains("\u001b"));
        assertTrue(error.length() < 500);
    }

    @ParameterizedTest
    @CsvSource({
        "PGXL_SSHPORT, PGXL_SSH_PORT", "PGXL_SSH_PROT, PGXL_SSH_PORT", "PGXL_STOP_TIME_OUT, PGXL_STOP_TIMEOUT",
        "PGXL_LOGLEVEL, PGXL_LOG_LEVEL", "PGXL_ROLES, PGXL_ROLE"
    })
    void aMisspeltSettingIsAWarning(String misspelt, String meant) {
        Settings.Reading.Valid reading = assertInstanceOf(
                Settings.Reading.Valid.class, Settings.read(Map.of(misspelt, "whatever")));

        assertEquals(1, reading.warnings().size());
        assertTrue(reading.warnings().get(0).contains(misspelt), reading.warnings().get(0));
        assertTrue(reading.warnings().get(0).contains("is " + meant + " meant?"), reading.warnings().get(0));
    }

    @ParameterizedTest
    @CsvSource({"PGXL_JAVA", "PGXL_JAVA_OPTIONS", "PGXL_CLUSTER", "PGXL_", "PGX_HOME", "HOME", "PGXL_HOME"})
    void aVariableOfSomebodyElseIsNot(String name) {
        Settings.Reading.Valid reading =
                assertInstanceOf(Settings.Reading.Valid.class, Settings.read(Map.of(name, "/x")));

        assertEquals(List.of(), reading.warnings());
    }

    /** As Kubernetes describes services called pgxl-ssh and pgxl-status to every pod. */
    @ParameterizedTest
    @CsvSource({
        "PGXL_SSH_PORT, tcp://10.96.0.7:22", "PGXL_STATUS_PORT, tcp://[fd00::8]:9432", "PGXL_SSH_PORT, udp://10.96.0.7:22",
        "PGXL_STATUS_PORT, sctp://10.96.0.8:9432"
    })
    void aServiceOfKubernetesIsNoSettingButAWarning(String name, String value) {
        Map<String, String> environment = new HashMap<>(Map.of(
                name, value, name + "_22_TCP", value, name + "_22_TCP_ADDR", "10.96.0.7", name + "_22_TCP_PORT", "22"));
        environment.put(name.replace("PORT", "SERVICE_HOST"), "10.96.0.7");
        environment.put(name.replace("PORT", "SERVICE_PORT"), "22");

        Settings.Reading.Valid reading = assertInstanceOf(Settings.Reading.Valid.class, Settings.read(environment));

        assertEquals(22, reading.settings().ssh().port());
        assertEquals(9432, reading.settings().status().port());
        assertEquals(1, reading.warnings().size(), reading.warnings().toString());
        String warning = reading.warnings().get(0);
        assertTrue(warning.contains(name + " is \"" + value) && warning.contains("enableServiceLinks: false"), warning);
    }

    @ParameterizedTest
    @CsvSource({"PGXL_SSH_PORT, http://10.96.0.7:22", "PGXL_SSH_PORT, tcp:22", "PGXL_HOME, tcp://10.96.0.7:22"})
    void noOtherAddressIsTakenForOne(String name, String value) {
        assertEquals(1, invalid(Map.of(name, value)).size());
    }

    @Test
    void noValueOfAnyVariableMakesItThrow() {
        String alphabet = "0123456789smhin*,.:/-_aAfF \t\n\0%~$\u00e9\ud83d";
        long end = System.nanoTime() + 1_000_000_000L;
        for (long seed = 0; System.nanoTime() < end; seed++) {
            Random random = new Random(seed);
            Map<String, String> environment = new HashMap<>();
            for (Setting<?> setting : SettingsTable.ALL) {
                StringBuilder value = new StringBuilder(random.nextInt(3) == 0 ? setting.standard() : "");
                for (int i = random.nextInt(12); i > 0; i--) {
                    char odd = alphabet.charAt(random.nextInt(alphabet.length()));
                    value.insert(random.nextInt(value.length() + 1), odd);
                }
                environment.put(setting.name(), value.toString());
            }
            try {
                Settings.read(environment);
            } catch (RuntimeException failure) {
                throw new AssertionError("seed " + seed + " " + environment, failure);
            }
        }
    }

    private static Settings valid(Map<String, String> environment) {
        Settings.Reading reading = Settings.read(environment);
        return assertInstanceOf(Settings.Reading.Valid.class, reading, reading.toString()).settings();
    }

    private static List<String> invalid(Map<String, String> environment) {
        Settings.Reading reading = Settings.read(environment);
        return assertInstanceOf(Settings.Reading.Invalid.class, reading, reading.toString()).errors();
    }
}
