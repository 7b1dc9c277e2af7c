package com.tiredpixel.pgxl.agent.os;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a main class of these tests in a JVM of its own, as a child of this one, and returns what it prints. */
final class ForkedJvm {
    private ForkedJvm() {
    }

    /**
     * @param prefix a program that execs the rest of its command line, such as {@code env}; may be empty
     * @param main the main class
     */
    static Child start(List<String> prefix, Class<?> main, String... arguments) throws StartFailedException {
        List<String> line = new ArrayList<>(prefix);
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.add("--enable-native-access=ALL-UNNAMED");
        line.addAll(List.of("-Xrs", "-Xshare:auto", "-XX:+UseSerialGC", "-Xmx64m"));
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        line.addAll(List.of(arguments));
        Path program = Path.of(line.get(0));
        return Kernel.PROCESSES.start(
                Command.of(program, line.subList(1, line.size()), Kernel.ENVIRONMENT, Kernel.ROOT));
    }

    static String run(List<String> prefix, Class<?> main, String... arguments) throws Exception {
        Child child = start(prefix, main, arguments);
        String text = Eventually.text(child);
        ExitStatus status = Eventually.get(child.exit());
        return text + status;
    }
}
