package com.tiredpixel.pgxl.agent.node;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a live process is, by its program and its argv: whether there is something to adopt. */
public sealed interface ServerCommandLine {
    /** The long options of a postmaster of Postgres-XL that say what it is. */
    Set<String> MODES = Set.of("coordinator", "datanode", "restoremode");

    /**
     * A server.
     *
     * @param role what it serves as
     */
    record Serving(Role role) implements ServerCommandLine {
    }

    /** A postmaster that loads a dump into a new node: not a node yet. */
    record RestoreMode() implements ServerCommandLine {
    }

    /**
     * GTM with {@code -x}: {@code pgxc_ctl} lets it run for a second to write {@code gtm.control}, and stops
     * it. Not a node yet; one that is still there after several seconds was started so by an operator.
     */
    record GtmInitialisation() implements ServerCommandLine {
    }

    /** A postmaster without a mode: not of Postgres-XL, or behind a stand-in; only its directory can tell. */
    record UnsaidRole() implements ServerCommandLine {
    }

    /**
     * A child of a server, a tool, or no program of ours.
     *
     * @param why a lower-case phrase
     */
    record NotAServer(String why) implements ServerCommandLine {
    }

    /**
     * @param program base name of the executable
     * @param argv as {@code /proc/PID/cmdline} shows it, argv[0] in front
     */
    static ServerCommandLine roleOf(String program, List<String> argv) {
        if (argv.isEmpty()) {
            return new NotAServer("it has no command line");
        }
        List<String> arguments = argv.subList(1, argv.size());
        List<Getopt.Option> options = Getopt.options(program, arguments);
        return switch (program) {
            case "postgres" -> postgres(argv.get(0), arguments, options);
            case "gtm" -> gtm(arguments, options);
            case "gtm_proxy" -> isQuestion(arguments)
                    ? new NotAServer("it prints its version or its help")
                    : new Serving(Role.GTM_PROXY);
            default -> new NotAServer("it is not a program of Postgres-XL");
        };
    }

    private static ServerCommandLine postgres(
            String title, List<String> arguments, List<Getopt.Option> options) {
        // A child writes its title over argv: "postgres: writer process".
        if (title.startsWith("postgres: ")) {
            return new NotAServer("it is a child of a postmaster");
        }
        String first = arguments.isEmpty() ? "" : arguments.get(0);
        boolean tool = first.equals("--single") || first.equals("--boot") || first.equals("--describe-config")
                || first.startsWith("--fork") || first.equals("--check");
        if (tool || isQuestion(arguments) || options.stream().anyMatch(option -> option.letter() == 'C')) {
            return new NotAServer("it is postgres as a tool");
        }
        Optional<Role> role = Optional.empty();
        for (Getopt.Option option : options) {
            Optional<String> mode = option.letter() == '-' ? option.value() : Optional.empty();
            if (mode.equals(Optional.of("restoremode"))) {
                return new RestoreMode();
            }
            Optional<Role> named = mode.flatMap(Role::labelled)
                    .filter(one -> one.program() == Program.POSTGRES);
            role = named.isPresent() ? named : role;
        }
        return role.<ServerCommandLine>map(Serving::new).orElseGet(UnsaidRole::new);
    }

    private static ServerCommandLine gtm(List<String> arguments, List<Getopt.Option> options) {
        if (isQuestion(arguments) || options.stream().anyMatch(option -> option.letter() == 'c')) {
            return new NotAServer("it prints its status, its version or its help");
        }
        return options.stream().anyMatch(option -> option.letter() == 'x')
                ? new GtmInitialisation()
                : new Serving(Role.GTM);
    }

    private static boolean isQuestion(List<String> arguments) {
        return arguments.stream().limit(1).anyMatch(Set.of("--help", "-?", "--version", "-V")::contains);
    }
}
