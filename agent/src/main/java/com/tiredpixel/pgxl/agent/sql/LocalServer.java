package com.tiredpixel.pgxl.agent.sql;

import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Program;
import java.nio.file.Path;
import java.util.Optional;

/** Where a coordinator or datanode of this container is asked. */
public final class LocalServer {
    private LocalServer() {
    }

    /**
     * @param directory its data directory
     * @return its socket or an address on which it listens, as its pid file has them; its name is not known yet
     */
    public static Optional<ClusterNode> of(Path directory, boolean coordinator) {
        if (PidFile.read(directory, Program.POSTGRES) instanceof PidFile.Postmaster server && server.port().isPresent()) {
            String host = server.socketDirectory().filter(place -> place.startsWith("/"))
                    .or(() -> server.listenAddress().filter(address -> address.matches("[0-9.]+|.*:.*")
                            && !address.equals("0.0.0.0") && !address.equals("::")))
                    .orElse("127.0.0.1");
            return Optional.of(new ClusterNode("", coordinator, 0, host, server.port().getAsInt()));
        }
        return Optional.empty();
    }
}
