package com.tiredpixel.pgxl.agent.ssh;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Serves a connection of the server's own until it closes, which initializes what any first connection initializes. */
final class Rehearsal {
    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final int PIECE = 1024;

    private Rehearsal() {
    }

    static void hold(Guests guests, AsynchronousChannelGroup group) throws Exception {
        try (var door = AsynchronousServerSocketChannel.open(group)
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                var client = SocketChannel.open(door.getLocalAddress())) {
            var socket = door.accept().get(LONGEST.toSeconds(), TimeUnit.SECONDS);
            guests.serveUncounted(new Guest(socket, door.getLocalAddress()), LONGEST);
            client.write(ByteBuffer.wrap("SSH-2.0-rehearsal\r\n".getBytes(StandardCharsets.US_ASCII)));
            client.shutdownOutput();
            var sink = ByteBuffer.allocate(PIECE);
            while (client.read(sink.clear()) >= 0) {
                // Its banner and its offer, until it closes, or the deadline does.
            }
        }
    }
}
