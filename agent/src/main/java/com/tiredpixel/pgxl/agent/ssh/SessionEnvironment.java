package com.tiredpixel.pgxl.agent.ssh;

import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The environment of a command: the container's, what the client may set, and what sshd(8) promises. */
final class SessionEnvironment {
    private final Map<String, String> base;

    /** @param base {@code HOME}, {@code USER}, {@code LOGNAME}, {@code SHELL}, {@code PATH}, and the rest */
    SessionEnvironment(Map<String, String> base) {
        this.base = Map.copyOf(base);
    }

    Map<String, String> of(SessionChannel channel) {
        SocketAddress client = channel.getSession().getRemoteAddress();
        SocketAddress server = channel.getSession().getLocalAddress();
        var environment = new HashMap<>(base);
        environment.putAll(channel.variables().all());
        environment.put("SSH_CLIENT", Text.address(client) + " " + Text.port(client) + " " + Text.port(server));
        environment.put(
                "SSH_CONNECTION",
                Text.address(client) + " " + Text.port(client) + " " + Text.address(server) + " " + Text.port(server));
        return environment;
    }

    /** @return whether the program can be run by its bare name */
    boolean hasProgram(String name) {
        for (String directory : base.getOrDefault("PATH", "").split(":")) {
            try {
                Path program = Path.of(directory).resolve(name);
                if (program.isAbsolute() && Files.isRegularFile(program) && Files.isExecutable(program)) {
                    return true;
                }
            } catch (InvalidPathException e) {
                // Nothing can lie there.
            }
        }
        return false;
    }
}
