package com.tiredpixel.pgxl.agent.node;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the files of a data directory say about its node, and the only reader of it: whoever starts the node, shows it or
 * explains it goes by these. They are of one moment, because an operator may change the files at any time.
 *
 * @param directory its data directory
 * @param role what it is
 * @param slave whether it follows a master; it is started the same way
 * @param port on which it listens after its next start; empty if the configuration names none that is valid
 * @param nodeName as configured
 * @param listenAddress of GTM and its proxy, such as {@code *}; a postmaster names its own in its pid file
 * @param hotStandby whether it takes clients as a standby, if it is PostgreSQL
 * @param restartArguments options of the last start, without directory and mode
 */
public record NodeFacts(
        Path directory,
        Role role,
        boolean slave,
        OptionalInt port,
        Optional<String> nodeName,
        Optional<String> listenAddress,
        boolean hotStandby,
        List<String> restartArguments) {

    /** Copies the list. */
    public NodeFacts {
        restartArguments = List.copyOf(restartArguments);
    }

    /**
     * Reads them. What is not there or cannot be read says nothing.
     *
     * @param directory the data directory
     * @param role what it is, as {@link RoleDetector} finds it
     */
    public static NodeFacts read(Path directory, Role role) {
        Optional<OptionsFile.CommandLine> lastStart =
                OptionsFile.read(directory, role.program()) instanceof OptionsFile.CommandLine line
                        ? Optional.of(line)
                        : Optional.empty();
        return role.program() == Program.POSTGRES
                ? of(directory, role, lastStart, PostgresConfiguration.read(directory))
                : of(directory, role, lastStart, GtmConfiguration.read(directory, role.program()));
    }

    static NodeFacts of(
            Path directory, Role role, Optional<OptionsFile.CommandLine> lastStart, PostgresConfiguration configuration) {
        boolean slave = Files.exists(directory.resolve("recovery.conf"))
                || Files.exists(directory.resolve("standby.signal"));
        return new NodeFacts(
                directory, role, slave, port(lastStart, configuration.port()), configuration.nodeName(), Optional.empty(),
                configuration.hotStandby(), restartArguments(lastStart));
    }

    static NodeFacts of(
            Path directory, Role role, Optional<OptionsFile.CommandLine> lastStart, GtmConfiguration configuration) {
        return new NodeFacts(
                directory, role, role == Role.GTM && configuration.standby(), port(lastStart, configuration.port()),
                configuration.nodeName(), configuration.listenAddress(), false, restartArguments(lastStart));
    }

    /** The command line beats every configuration file. */
    private static OptionalInt port(Optional<OptionsFile.CommandLine> lastStart, OptionalInt configured) {
        return lastStart.map(OptionsFile.CommandLine::port).filter(OptionalInt::isPresent).orElse(configured);
    }

    private static List<String> restartArguments(Optional<OptionsFile.CommandLine> lastStart) {
        return lastStart.map(OptionsFile.CommandLine::restartArguments).orElse(List.of());
    }

    /**
     * @param prefix {@code PGXL_PREFIX}
     * @return the command that starts it as its last real start did: the program, then its arguments
     */
    public List<String> startCommand(Path prefix) {
        List<String> command = new ArrayList<>();
        command.add(prefix.resolve("bin").resolve(role.program().executable()).toString());
        if (role.program() == Program.POSTGRES) {
            command.add("--" + role.label());
        }
        command.add("-D");
        command.add(directory.toString());
        command.addAll(restartArguments);
        return command;
    }
}
