package com.tiredpixel.pgxl.agent.os;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A program to start. It always gets a session and process group of its own, no blocked signal, default
 * signal dispositions, and no descriptor but the standard three.
 *
 * @param program absolute path; {@code PATH} is not searched
 * @param arguments argv, with argv[0] in front ({@code "-bash"} makes a login shell)
 * @param environment the whole environment, nothing is inherited
 * @param directory the working directory; it must exist
 * @param input descriptor 0
 * @param output descriptor 1
 * @param error descriptor 2
 */
public record Command(
        Path program,
        List<String> arguments,
        Map<String, String> environment,
        Path directory,
        Stdio input,
        Stdio output,
        Stdio error) {

    /** Checks what the kernel could not report in words. */
    public Command {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
        if (!program.isAbsolute()) {
            throw new IllegalArgumentException("program is not an absolute path: " + program);
        }
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException("no argv[0] for " + program);
        }
    }

    /**
     * The usual form: argv[0] is the program, input from {@code /dev/null}, output and error in one pipe.
     *
     * @param program absolute path
     * @param arguments argv without argv[0]
     * @param environment the whole environment
     * @param directory the working directory
     */
    public static Command of(
            Path program, List<String> arguments, Map<String, String> environment, Path directory) {
        var argv = new java.util.ArrayList<String>();
        argv.add(program.toString());
        argv.addAll(arguments);
        return new Command(
                program,
                argv,
                environment,
                directory,
                new Stdio.Null(),
                new Stdio.Pipe(),
                new Stdio.SameAsOutput());
    }

    /** @return the same with another standard input */
    Command withInput(Stdio other) {
        return new Command(program, arguments, environment, directory, other, output, error);
    }
}
