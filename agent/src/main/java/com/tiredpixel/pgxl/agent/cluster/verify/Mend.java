package com.tiredpixel.pgxl.agent.cluster.verify;

import java.util.List;
import java.util.stream.Collectors;

/** What ends a finding. */
public sealed interface Mend {

    /** Commands to be run in Control, as the user of the servers, each if the one before succeeded. */
    record Run(List<Command> commands) implements Mend {

        /** @return one line for bash */
        public String text() {
            return commands.stream().map(Command::text).collect(Collectors.joining(" && "));
        }
    }

    /** What no command in Control can do. */
    record Advice(String sentence) implements Mend {
    }

    /** @return a command of these words */
    static Mend run(String... words) {
        return new Run(List.of(Command.of(words)));
    }
}
