package com.tiredpixel.pgxl.agent.ssh;

import java.util.ArrayList;
import java.util.List;

/** The real OpenSSH clients, talking to one server. */
record Peer(Stage stage, TestServer server, List<String> more) {
    static Peer of(Stage stage, TestServer server) {
        return new Peer(stage, server, List.of());
    }

    /** The same with other options of ssh. */
    Peer with(String... options) {
        return new Peer(stage, server, List.of(options));
    }

    List<String> options() {
        var options = new ArrayList<>(more); // first, for ssh takes the first value it sees
        options.addAll(stage.options("-o", "Port=" + server.port()));
        if (!more.contains("-i")) {
            options.addAll(List.of("-i", stage.client.resolve("ed25519").toString()));
        }
        return options;
    }

    String host() {
        return stage.user + "@127.0.0.1";
    }

    List<String> ssh(String... command) {
        var line = new ArrayList<>(List.of("ssh"));
        line.addAll(options());
        line.add(host());
        line.addAll(List.of(command));
        return line;
    }

    Run.Result run(String command) {
        return run(new byte[0], command);
    }

    Run.Result run(byte[] input, String command) {
        return Run.run(stage.clientEnvironment(), stage.client, input, ssh(command));
    }

    /** A shell script on the client's side, in which {@code $SSH}, {@code $SCP} and so on lead to the server. */
    Run.Result script(String script) {
        String options = String.join(" ", options());
        var environment = new java.util.HashMap<>(stage.clientEnvironment());
        environment.put("SSH", "ssh " + options + " " + host());
        environment.put("SCP", "scp -q " + options);
        environment.put("SFTP", "sftp -q " + options);
        environment.put("RSYNC_RSH", "ssh " + options);
        environment.put("HOST", host());
        environment.put("THERE", stage.homeThere.toString());
        environment.put("AT", server.name().replace(' ', '-'));
        return Run.run(environment, stage.client, new byte[0], List.of("bash", "-c", script));
    }
}
