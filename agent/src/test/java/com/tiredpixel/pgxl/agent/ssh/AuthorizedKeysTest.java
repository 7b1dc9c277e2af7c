package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizedKeysTest {
    private static final String TYPE = "ssh-ed25519";
    private static final byte[] BLOB = blob(TYPE, 7);
    private static final String KEY = TYPE + " " + Base64.getEncoder().encodeToString(BLOB);

    private static byte[] blob(String type, int filling) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        byte[] blob = new byte[4 + name.length + 36];
        java.util.Arrays.fill(blob, (byte) filling);
        java.nio.ByteBuffer.wrap(blob).putInt(name.length).put(name).putInt(32);
        return blob;
    }

    private static List<AuthorizedKeys.Match> find(String content) {
        var matches = new ArrayList<AuthorizedKeys.Match>();
        new AuthorizedKeys(content).find(BLOB, matches::add);
        return matches;
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "%s comment", "%s a long comment", "  \t%s", "%s\r", "%s x\r", "\n\n# comment\n%s\n"})
    void aKeyIsFoundWithAndWithoutComment(String form) {
        var matches = find(form.formatted(KEY));
        assertEquals(1, matches.size());
        assertEquals(KeyOptions.NONE, matches.get(0).options().orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "#%s", "# %s", "x%s", "ssh-rsa AAAA", "ssh-ed25519", "ssh-ed25519 ", "ssh-ed25519 !!!!", "%sAAAA",
        "\"%s", "command=\"a %s", "no-pty\u00a0%s"
    })
    void whatIsNotTheKeyIsPassedOver(String form) {
        assertTrue(find(form.formatted(KEY)).isEmpty());
    }

    @Test
    void aKeyUnderTheNameOfAnotherTypeIsNotFound() {
        String renamed = "ssh-rsa " + Base64.getEncoder().encodeToString(BLOB);
        assertTrue(find(renamed).isEmpty());
    }

    @Test
    void aQuotedSpaceDoesNotEndTheOptions() {
        var match = find("command=\"echo \\\"a b\\\" ssh-ed25519 x\",no-pty " + KEY).get(0);
        assertEquals("echo \"a b\" ssh-ed25519 x", match.options().orElseThrow().command().orElseThrow());
        assertFalse(match.options().orElseThrow().terminal());
    }

    @Test
    void everyLineWithTheKeyIsToldWithItsNumber() {
        var matches = find("no-such " + KEY + "\nother\n" + KEY);
        assertEquals(List.of(1, 3), matches.stream().map(AuthorizedKeys.Match::number).toList());
        assertEquals("option no-such is not supported", matches.get(0).problem());
    }

    @Test
    void aLineThatIsTooLongIsPassedOver() {
        String command = "x".repeat(AuthorizedKeys.LONGEST_LINE);
        assertTrue(find("command=\"" + command + "\" " + KEY).isEmpty());
        assertEquals(1, find("command=\"" + command + "\" " + KEY + "\n" + KEY).size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "no-pty | false", "restrict | false", "restrict,pty | true", "pty,restrict | false",
        "NO-PTY | false", "no-port-forwarding,no-agent-forwarding,no-X11-forwarding,no-user-rc | true"
    })
    void aTerminalIsAllowedOrNot(String options, boolean terminal) {
        assertEquals(terminal, KeyOptions.parse(options).terminal());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "unknown", "no-pty,", ",no-pty", "no-pty,,restrict", "command", "command=", "command=x", "command=\"x", "command=\"x\"y",
        "command=\"a\",command=\"b\"", "from=\"a\",from=\"b\"", "from=\"\"", "from=\"a,,b\"", "from=\"10.0.0.1/33\"",
        "from=\"10.0.0.1/8\"", "from=\"name/8\"", "from=\"10.0.0.0/\"", "from=\"10.0.0.0/x\"", "from=\"::1/129\"",
        "expiry-time=\"\"", "expiry-time=\"2020\"", "expiry-time=\"20201301\"", "expiry-time=\"202001010\"",
        "expiry-time=\"20200101T\"", "environment=\"A\"", "environment=\"=b\"", "environment", "restrict=\"x\"", "no-pty=\"x\"",
        "permitopen=a:1", "permitlisten", "tunnel=", "cert-authority", "principals", "verify-required=\"x\"",
        "no-touch-required,x"
    })
    void optionsThatCannotBeObeyedAreRefused(String options) {
        assertThrows(IllegalArgumentException.class, () -> KeyOptions.parse(options));
    }

    /** What they forbid is forbidden anyway, or is no matter of an ordinary key. */
    @ParameterizedTest
    @ValueSource(strings = {
        "permitopen=\"h:1\"", "permitopen=\"h:1\",permitopen=\"h:2\"", "permitlisten=\"2222\"", "tunnel=\"0\"",
        "environment=\"A=b,c\"", "environment=\"A=\"", "principals=\"a,b\"", "no-touch-required", "verify-required",
        "NO-X11-FORWARDING,Permitopen=\"none\""
    })
    void optionsThatForbidNothingMoreChangeNothing(String options) {
        assertEquals(KeyOptions.NONE, KeyOptions.parse(options));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "fd00:1::* | fd00:1::5 | true", "fd00:1::* | fd00:2::5 | false", "*,!fd00:1::* | fd00:1::5 | false",
        "*,!FD00:1::? | fd00:1::5 | false", "*,!fd00:1::* | fd00:2::5 | true", "::? | ::1 | true",
        "10.1.2.3 | 10.1.2.3 | true", "10.1.2.3 | 10.1.2.4 | false", "10.1.2.* | 10.1.2.200 | true",
        "10.1.?.3 | 10.1.2.3 | true", "10.1.?.3 | 10.1.22.3 | false", "* | 10.1.2.3 | true", "*,!10.1.2.3 | 10.1.2.3 | false",
        "!10.1.2.3,* | 10.1.2.3 | false", "!10.1.2.3 | 10.1.2.4 | false", "10.0.0.0/8 | 10.255.0.1 | true",
        "10.0.0.0/8 | 11.0.0.1 | false", "0.0.0.0/0 | 1.2.3.4 | true", "0.0.0.0/0 | ::1 | false",
        "10.0.0.128/25 | 10.0.0.127 | false", "fd00::/8 | fd12::1 | true", "::1 | ::1 | true",
        "0:0:0:0:0:0:0:1 | ::1 | true", "fd00::/8,!fd00:1::/32 | fd00:1::5 | false", "host.example | 10.1.2.3 | false",
        "10.1.2.3/32 | ::ffff:10.1.2.3 | true"
    })
    void sourcesAreMatchedAsOpenSshDoes(String patterns, String address, boolean allowed) throws Exception {
        assertEquals(allowed, SourcePatterns.parse(patterns).allow(InetAddress.getByName(address)));
    }

    @Test
    void aKeyExpiresAtItsMoment() throws Exception {
        var options = KeyOptions.parse("expiry-time=\"20300101Z\",expiry-time=\"20400101000000Z\"");
        var address = InetAddress.getLoopbackAddress();
        assertTrue(options.refusal(address, Instant.parse("2029-12-31T23:59:59Z")).isEmpty());
        assertTrue(options.refusal(address, Instant.parse("2030-01-01T00:00:00Z")).isPresent());
    }

    @Test
    void aHostilePatternIsMatchedInLittleTime() {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertFalse(
                SourcePatterns.wildcard("*a".repeat(8000) + "b", "a".repeat(10_000))));
    }

    /** Seeded: what fails once fails again. */
    @Test
    void noContentMakesTheParserFail() {
        var random = new Random(20160101);
        String alphabet = "\"\\,= \t\r\n#!*?/:.-abcZ019\0\u00e4\ud800" + KEY;
        var pieces = List.of("command=\"", "from=\"", "expiry-time=\"", "restrict", "\\\"", KEY, "environment=", "no-pty,", "10.0.0.0/8");
        for (int round = 0; round < 20_000; round++) {
            var content = new StringBuilder();
            int length = random.nextInt(60);
            for (int i = 0; i < length; i++) {
                content.append(random.nextInt(4) == 0
                        ? pieces.get(random.nextInt(pieces.size()))
                        : alphabet.charAt(random.nextInt(alphabet.length())));
            }
            for (AuthorizedKeys.Match match : find(content.toString())) {
                match.options().ifPresent(options ->
                        options.refusal(InetAddress.getLoopbackAddress(), Instant.EPOCH));
            }
        }
    }

    @Test
    void aBlobThatLiesAboutItsLengthHasNoType() {
        assertEquals("", AuthorizedKeys.typeOf(new byte[] {0, 0}));
        assertEquals("", AuthorizedKeys.typeOf(new byte[] {-1, -1, -1, -1, 65}));
        assertEquals("", AuthorizedKeys.typeOf(new byte[] {0, 0, 0, 2, 65}));
        assertEquals(TYPE, AuthorizedKeys.typeOf(BLOB));
    }
}
