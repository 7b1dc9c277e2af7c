package com.tiredpixel.pgxl.agent.status.probe;

import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Program;
import com.tiredpixel.pgxl.agent.node.Role;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where to ask whether a server serves.
 *
 * @param directory its data directory
 * @param pid of the server
 * @param postgres which protocol it speaks
 * @param address of its Unix socket, which no {@code listen_addresses} takes away, or else TCP
 */
public record ProbeTarget(Path directory, int pid, boolean postgres, SocketAddress address) {
    /** {@code sun_path} has 108 bytes, with its NUL. */
    private static final int LONGEST_SOCKET_PATH = 107;

    /**
     * From what the server itself says in its files.
     *
     * @param port from the configuration, for GTM
     * @param listenAddress from the configuration, for GTM
     * @return nothing if the server has said too little about itself
     */
    public static Optional<ProbeTarget> of(Path directory, Role role, int pid, PidFile pidFile, OptionalInt port,
            Optional<String> listenAddress) {
        return address(pidFile, role, port, listenAddress)
                .map(address -> new ProbeTarget(directory, pid, role.program() == Program.POSTGRES, address));
    }

    private static Optional<SocketAddress> address(
            PidFile pidFile, Role role, OptionalInt port, Optional<String> listenAddress) {
        if (role.program() != Program.POSTGRES) {
            return port.isEmpty() ? Optional.empty() : Optional.of(tcp(
                    reachable(listenAddress.filter(host -> !host.isEmpty()).orElse("*")), port.getAsInt()));
        }
        if (!(pidFile instanceof PidFile.Postmaster postmaster) || postmaster.port().isEmpty()) {
            return Optional.empty();
        }
        int number = postmaster.port().getAsInt();
        Optional<String> socket = postmaster.socketDirectory()
                .filter(place -> place.startsWith("/"))
                .map(place -> place + "/.s.PGSQL." + number)
                .filter(path -> path.length() <= LONGEST_SOCKET_PATH);
        if (socket.isPresent()) {
            return Optional.of(UnixDomainSocketAddress.of(socket.get()));
        }
        return postmaster.listenAddress().filter(host -> !host.isEmpty()).map(host -> tcp(reachable(host), number));
    }

    private static String reachable(String host) {
        return switch (host) {
            case "*", "0.0.0.0", "localhost" -> "127.0.0.1";
            case "::" -> "::1";
            default -> host;
        };
    }

    /** A literal is not looked up; a name would be, so it is taken for the loopback address. */
    private static InetSocketAddress tcp(String host, int port) {
        boolean literal = host.matches("[0-9.]+") || host.contains(":");
        return new InetSocketAddress(literal ? host : "127.0.0.1", port);
    }
}
