package com.tiredpixel.pgxl.agent.status.probe;

import com.tiredpixel.pgxl.agent.status.loop.EventLoop;
import com.tiredpixel.pgxl.agent.status.probe.ProbeResult.Kind;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One probe: connects, says its opening, waits for a result. It has no time-out of its own: a backend that
 * hangs (Postgres-XL's do while GTM is frozen) would not notice that we left, and each new probe would take
 * one more place of {@code max_connections}. So it stays, and no other goes before it has its answer.
 */
final class ProbeConnection implements EventLoop.Handler {
    private static final int ENOUGH = 16 * 1024;

    private final ProbeProtocol protocol;
    private final Consumer<ProbeResult> listener;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final byte[] received = new byte[ENOUGH];
    private int length;
    private ByteBuffer output;
    private boolean over;

    ProbeConnection(EventLoop loop, SocketAddress address, ProbeProtocol protocol, Consumer<ProbeResult> listener)
            throws IOException {
        this.protocol = protocol;
        this.listener = listener;
        this.channel = address instanceof UnixDomainSocketAddress
                ? SocketChannel.open(StandardProtocolFamily.UNIX)
                : SocketChannel.open();
        try {
            this.output = ByteBuffer.wrap(protocol.opening());
            this.key = loop.register(channel, SelectionKey.OP_CONNECT, this);
            if (channel.connect(address)) {
                key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public void ready(SelectionKey ready) throws IOException {
        if (ready.isConnectable()) {
            channel.finishConnect();
            key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            return;
        }
        if (ready.isWritable() && output.hasRemaining()) {
            channel.write(output);
        }
        if (!output.hasRemaining()) {
            key.interestOps(SelectionKey.OP_READ);
        }
        if (ready.isReadable()) {
            read();
        }
    }

    private void read() throws IOException {
        int count = channel.read(ByteBuffer.wrap(received, length, received.length - length));
        if (count > 0) {
            length += count;
        }
        Optional<ProbeResult> result = protocol.result(received, length);
        if (result.isPresent()) {
            channel.write(ByteBuffer.wrap(protocol.farewell()));
            end(result.get());
        } else if (count < 0 || length == received.length) {
            end(new ProbeResult(Kind.CANNOT, "it closed the connection without an answer"));
        }
    }

    private void end(ProbeResult result) {
        EventLoop.close(key);
        tell(result);
    }

    private void tell(ProbeResult result) {
        if (!over) {
            over = true;
            listener.accept(result);
        }
    }

    @Override
    public Duration deadline() {
        return null;
    }

    @Override
    public void late(SelectionKey late) {
        // Has no deadline.
    }

    @Override
    public void closed(String reason) {
        tell(new ProbeResult(Kind.REFUSED, "the connection failed: " + reason));
    }
}
