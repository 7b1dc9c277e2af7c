package com.tiredpixel.pgxl.agent.node;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The command line of the last start, which each program leaves in its data directory. */
public sealed interface OptionsFile {

    /** There is none: no server was ever started here. */
    record Absent() implements OptionsFile {
    }

    /** @param reason see {@link FileContent.Unreadable} */
    record Unreadable(String reason) implements OptionsFile {
    }

    /**
     * The file holds no command line.
     *
     * @param why a lower-case phrase
     * @param empty whether the file has no byte, as a full disk leaves it
     */
    record Malformed(String why, boolean empty) implements OptionsFile {
    }

    /**
     * A command line.
     *
     * @param program whose file it is
     * @param executable absolute path of a postmaster's program; GTM and its proxy leave it out
     * @param arguments without argv[0]
     */
    record CommandLine(Program program, Optional<String> executable, List<String> arguments) implements OptionsFile {

        /** Copies the list. */
        public CommandLine {
            arguments = List.copyOf(arguments);
        }

        /** @return the value of {@code -D}; after {@code pg_ctl restart} there is none, {@code PGDATA} was set */
        public Optional<String> dataDirectory() {
            return lastValue('D');
        }

        /** @return the roles that {@code --coordinator} and {@code --datanode} name; one, if all is well */
        public Set<Role> roles() {
            Set<Role> roles = new LinkedHashSet<>();
            for (Getopt.Option option : options()) {
                mode(option).flatMap(Role::labelled).ifPresent(roles::add);
            }
            return roles;
        }

        /** @return whether the last start was the passing phase in which a new node loads a dump */
        public boolean isRestoreMode() {
            return options().stream().anyMatch(option -> mode(option).equals(Optional.of("restoremode")));
        }

        /** @return the port given on the command line, which beats every configuration file */
        public OptionalInt port() {
            OptionalInt port = OptionalInt.empty();
            for (String value : settings('p', "port")) {
                OptionalInt given = Port.parse(value);
                port = given.isPresent() ? given : port;
            }
            return port;
        }

        /** @return every value of {@code -k} and {@code unix_socket_directories} on the command line */
        public List<String> socketDirectories() {
            return program == Program.POSTGRES ? settings('k', "unix_socket_directories") : List.of();
        }

        /** A setting has three forms: a letter of its own, {@code -c NAME=VALUE}, and {@code --NAME=VALUE} with dashes. */
        private List<String> settings(char letter, String name) {
            List<String> values = new ArrayList<>();
            for (Getopt.Option option : options()) {
                String value = option.value().orElse("");
                int equals = value.indexOf('=');
                boolean isLong = option.letter() == '-' || option.letter() == 'c';
                if (isLong && equals >= 0 && value.substring(0, equals).replace('-', '_').equals(name)) {
                    values.add(value.substring(equals + 1));
                } else if (option.letter() == letter) {
                    values.add(value);
                }
            }
            return values;
        }

        /**
         * The options to start this node with again, without directory and mode, which the caller adds.
         *
         * <p>Left out are options that are meant for one start: {@code -b} of restore mode, and {@code -x} and
         * {@code -f} of GTM, which set the next transaction id: given a second time they would hand out ids
         * that the cluster has used.
         */
        public List<String> restartArguments() {
            List<String> kept = new ArrayList<>();
            for (Getopt.Option option : options()) {
                boolean once = switch (option.letter()) {
                    case 'D' -> true;
                    case '-' -> mode(option).isPresent();
                    case 'b' -> isRestoreMode();
                    case 'x', 'f' -> program == Program.GTM;
                    default -> false;
                };
                if (!once) {
                    kept.addAll(option.arguments());
                }
            }
            return List.copyOf(kept);
        }

        private Optional<String> lastValue(char letter) {
            Optional<String> last = Optional.empty();
            for (Getopt.Option option : options()) {
                last = option.letter() == letter ? option.value() : last;
            }
            return last;
        }

        /** Only a postmaster knows modes; the proxy's {@code -s} and {@code -t} are something else. */
        private Optional<String> mode(Getopt.Option option) {
            return program == Program.POSTGRES && option.letter() == '-'
                    ? option.value().filter(ServerCommandLine.MODES::contains)
                    : Optional.empty();
        }

        private List<Getopt.Option> options() {
            return Getopt.options(program.executable(), arguments);
        }
    }

    /**
     * Reads the options file of a data directory.
     *
     * @param directory the data directory
     * @param program whose file to read
     */
    static OptionsFile read(Path directory, Program program) {
        FileContent content = FileContent.read(directory.resolve(program.optionsFileName()), FileContent.SMALL);
        if (content instanceof FileContent.Unreadable unreadable) {
            return new Unreadable(unreadable.reason());
        }
        if (content instanceof FileContent.Content present) {
            return present.complete()
                    ? parse(program, present.text())
                    : new Malformed("it is longer than " + FileContent.SMALL + " bytes", false);
        }
        return new Absent();
    }

    /**
     * Takes the text apart as {@code CreateOptsFile} puts it together: the program, then for each argument a
     * blank and the argument between double quotes, then a line break. Quotes within an argument stand as they
     * are, so an argument that holds {@code " "} reads as two.
     */
    static OptionsFile parse(Program program, String text) {
        if (text.isEmpty()) {
            return new Malformed("it is empty, as a full disk leaves it", true);
        }
        if (!text.endsWith("\n")) {
            return new Malformed("it is cut short", false);
        }
        String line = text.substring(0, text.length() - 1);
        int quote = line.indexOf(" \"");
        String executable = quote < 0 ? line : line.substring(0, quote);
        if (executable.isEmpty() == (program == Program.POSTGRES) || executable.indexOf('"') >= 0 || line.indexOf('\0') >= 0) {
            return new Malformed("it is not a command line", false);
        }
        List<String> arguments = List.of();
        if (quote >= 0) {
            if (line.length() < quote + 3 || !line.endsWith("\"")) {
                return new Malformed("it does not end with a quote", false);
            }
            arguments = List.of(line.substring(quote + 2, line.length() - 1).split("\" \"", -1));
        }
        return new CommandLine(program, executable.isEmpty() ? Optional.empty() : Optional.of(executable), arguments);
    }
}
