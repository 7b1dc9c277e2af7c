package com.tiredpixel.pgxl.it.ledger;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.SocketFactory;
import jnr.ffi.LibraryLoader;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/**
 * Sockets on a network of the tests, for the JDBC driver, which makes one of these by name. A socket belongs to the network
 * namespace of the thread that connects it, so threads connect that have entered the namespace; the rest of the JVM stays
 * where it is.
 */
public final class WireSockets extends SocketFactory {
    private static final int CLONE_NEWNET = 0x40000000;
    private static final POSIX POSIX = POSIXFactory.getPOSIX();
    private static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");

    /** What {@code setns(2)} is called. */
    public interface LibC {
        int setns(int descriptor, int kind);
    }

    private final ExecutorService inside;

    /** @param directory of the wire, with the pid of a process in its namespace */
    public WireSockets(String directory) throws IOException {
        String pid = Files.readString(Path.of(directory, "pid")).split(" ")[0];
        inside = Executors.newCachedThreadPool(work -> {
            var thread = new Thread(() -> {
                enter("/proc/" + pid + "/ns/net");
                work.run();
            }, "wire");
            thread.setDaemon(true);
            return thread;
        });
    }

    private static void enter(String namespace) {
        int descriptor = POSIX.open(namespace, 0, 0);
        if (descriptor < 0 || LIBC.setns(descriptor, CLONE_NEWNET) != 0) {
            throw new IllegalStateException("cannot enter " + namespace + ": errno " + POSIX.errno());
        }
        POSIX.close(descriptor);
    }

    @Override
    public Socket createSocket() {
        return new Socket() {
            @Override
            public void connect(SocketAddress address, int timeout) throws IOException {
                try {
                    inside.submit(() -> {
                        super.connect(address, timeout);
                        return null;
                    }).get();
                } catch (ExecutionException e) {
                    throw new IOException("connect to " + address + ": " + e.getCause().getMessage(), e.getCause());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted while connecting to " + address, e);
                }
            }
        };
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException("only unconnected sockets");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
        throw new UnsupportedOperationException("only unconnected sockets");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException("only unconnected sockets");
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
        throw new UnsupportedOperationException("only unconnected sockets");
    }
}
