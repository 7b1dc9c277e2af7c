package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.base.EventLog.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StrangerLinesTest {
    private Duration now = Duration.ZERO;
    private final List<String> said = new ArrayList<>();
    private final List<Runnable> later = new ArrayList<>();
    private final StrangerLines lines = new StrangerLines(
            (level, subject, message) -> said.add(message), () -> now, (delay, task) -> later.add(task));

    private void say(String subject, String network) {
        lines.say(Level.WARN, subject, network, "line");
    }

    @Test
    void aNetworkHasSomeLinesAMinuteAndThenACount() {
        for (int i = 0; i < 25; i++) {
            say("ssh", "a");
        }
        say("ssh", "b");
        assertEquals(StrangerLines.OF_A_NETWORK + 1, said.size());
        later.forEach(Runnable::run);
        assertTrue(said.get(said.size() - 1).startsWith("left out 15 lines about connections and logins"), said::toString);
        assertEquals(1, later.size());
    }

    @Test
    void anotherMinuteHasLinesAgain() {
        for (int i = 0; i < 25; i++) {
            say("ssh", "a");
        }
        now = StrangerLines.WINDOW;
        say("ssh", "a");
        assertEquals("line", said.get(said.size() - 1));
        assertTrue(said.get(said.size() - 2).startsWith("left out 15 lines"), said::toString);
        later.forEach(Runnable::run);
        assertEquals("line", said.get(said.size() - 1), "told once");
    }

    /** Fourteen thousand connections from as many addresses. */
    @Test
    void howeverManyNetworksThereAreTheyHaveSomeLinesTogether() {
        for (int i = 0; i < 14_000; i++) {
            say("ssh", "network " + i);
        }
        assertEquals(StrangerLines.OF_ALL, said.size());
    }

    @Test
    void aFloodOfConnectionsHidesNoFailedLogin() {
        for (int i = 0; i < 14_000; i++) {
            say("ssh", "network " + i % 500);
            lines.say(Level.DEBUG, "ssh", "network " + i % 500, "detail");
        }
        say("ssh.audit", "network 1");
        assertEquals("line", said.get(said.size() - 1));
        assertEquals(StrangerLines.OF_ALL + 1, said.stream().filter("line"::equals).count());
    }

    @Test
    void theAddressesOfOneSiteAreOneNetwork() throws UnknownHostException {
        var random = new Random(5);
        for (int i = 0; i < 100; i++) {
            byte[] address = new byte[16];
            random.nextBytes(address);
            System.arraycopy(new byte[] {0x20, 1, 0xd, (byte) 0xb8, 0, 7}, 0, address, 0, 6);
            lines.say(Level.WARN, "ssh", new InetSocketAddress(InetAddress.getByAddress(address), i), "line");
        }
        assertEquals(StrangerLines.OF_A_NETWORK, said.size());
    }

    @Test
    void aNetworkIsAnAddressOfOldAndASiteOfNew() throws UnknownHostException {
        assertEquals("10.0.0.7", Network.site(at("10.0.0.7")));
        assertEquals("10.0.0.7", Network.site(at("::ffff:10.0.0.7")));
        assertEquals("20010db80007::/48", Network.site(at("2001:db8:7:1::5")));
        assertEquals(Network.site(at("2001:db8:7:1::5")), Network.site(at("2001:db8:7:ffff::1")));
        assertNotEquals(Network.site(at("2001:db8:7::1")), Network.site(at("2001:db8:8::1")));
        assertNotEquals(Network.link(at("2001:db8:7:1::1")), Network.link(at("2001:db8:7:2::1")));
        assertEquals(Network.link(at("2001:db8:7:1::1")), Network.link(at("2001:db8:7:1:9::1")));
    }

    private static InetSocketAddress at(String address) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(address), 9);
    }
}
