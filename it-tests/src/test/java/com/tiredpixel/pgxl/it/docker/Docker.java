package com.tiredpixel.pgxl.it.docker;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What one test makes in the engine, under names that begin alike, and all of it removed at the end. */
final class Docker implements AutoCloseable {

    private final String prefix;

    Docker(String prefix) {
        this.prefix = prefix;
        run("network", "create", prefix);
    }

    /** The options with which a container may do least: all that the image needs. */
    static List<String> hardened() {
        return List.of("--read-only", "--tmpfs", "/tmp", "--tmpfs", "/run", "--cap-drop", "ALL", "--cap-add", "CHOWN",
                "--cap-add", "SETUID", "--cap-add", "SETGID", "--cap-add", "NET_BIND_SERVICE",
                "--security-opt", "no-new-privileges");
    }

    static String run(String... arguments) {
        return attempt(arguments).orFail();
    }

    static Shell.Result attempt(String... arguments) {
        List<String> command = new ArrayList<>(List.of("docker"));
        command.addAll(List.of(arguments));
        return Shell.run(Shell.LONG, java.util.Map.of(), command);
    }

    /** @return a name of this test's own for something in the engine */
    String own(String name) {
        return prefix + "-" + name;
    }

    String network() {
        return prefix;
    }

    /** Starts a container of the image, with a volume of its own name as its home unless the options say else. */
    Container start(String name, List<String> options) {
        List<String> arguments = new ArrayList<>(List.of("run", "--detach", "--name", own(name), "--hostname", name,
                "--network", prefix, "--network-alias", name));
        if (options.stream().noneMatch(option -> option.endsWith(":/var/lib/postgres"))) {
            arguments.addAll(home(name));
        }
        arguments.addAll(options);
        arguments.add(Image.name());
        run(arguments.toArray(String[]::new));
        return new Container(own(name));
    }

    /** @return the options for a home on a volume of this test's own */
    List<String> home(String volume) {
        return List.of("--volume", own(volume) + ":/var/lib/postgres");
    }

    /** @return the options for Control's SSH directory, and for what it hands to each kind of node */
    List<String> controlVolumes() {
        return List.of("--volume", own("ssh") + ":/var/lib/postgres/.ssh",
                "--volume", own("ssh-databases") + ":/var/lib/pgxl/ssh-databases",
                "--volume", own("ssh-gtm") + ":/var/lib/pgxl/ssh-gtm");
    }

    /**
     * @param kind {@code databases} or {@code gtm}
     * @return the options for the SSH directory of such a node, which it can only read
     */
    List<String> ssh(String kind) {
        return List.of("--volume", own("ssh-" + kind) + ":/var/lib/postgres/.ssh:ro");
    }

    /** @return the options for the SSH directory of Control, which older clusters share with every node */
    List<String> sharedSsh(boolean writable) {
        return List.of("--volume", own("ssh") + ":/var/lib/postgres/.ssh" + (writable ? "" : ":ro"));
    }

    /** @return Control, set up, for nodes that have {@link #ssh} */
    Container control() {
        Container control = start("control", controlVolumes());
        control.awaitHealthy();
        control.as("postgres", "init.sh").orFail();
        return control;
    }

    String logs() {
        return names("ps", "-a", "--format", "{{.Names}}").stream()
                .map(name -> "---- " + name + "\n" + attempt("logs", "--tail", "200", name).output())
                .collect(Collectors.joining("\n"));
    }

    private Set<String> names(String... listing) {
        return run(listing).lines().filter(name -> name.startsWith(prefix)).collect(Collectors.toSet());
    }

    @Override
    public void close() {
        if (attempt("service", "ls").code() == 0) {
            names("service", "ls", "--format", "{{.Name}}").forEach(name -> attempt("service", "rm", name));
        }
        Shell.await("without containers of " + prefix, () -> {
            names("ps", "-a", "--format", "{{.Names}}").forEach(name -> attempt("rm", "--force", "--volumes", name));
            return names("ps", "-a", "--format", "{{.Names}}").isEmpty();
        });
        names("volume", "ls", "--format", "{{.Name}}").forEach(name -> attempt("volume", "rm", name));
        Shell.await("without networks of " + prefix, () -> {
            names("network", "ls", "--format", "{{.Name}}").forEach(name -> attempt("network", "rm", name));
            return names("network", "ls", "--format", "{{.Name}}").isEmpty();
        });
    }
}
