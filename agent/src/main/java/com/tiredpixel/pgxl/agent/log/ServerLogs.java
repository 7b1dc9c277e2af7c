package com.tiredpixel.pgxl.agent.log;

import com.tiredpixel.pgxl.agent.os.OpenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Follows the log files that servers write by themselves. */
@FunctionalInterface
public interface ServerLogs {

    /** Where a server logs. Asked again and again: files rotate. */
    interface Files {
        /**
         * @param problem told, in a lower-case sentence, of what cannot be found out
         * @return the files that it writes now; may be none
         */
        List<Path> current(Consumer<String> problem);

        /** @return directories in which new ones will appear */
        List<Path> directories();

        /**
         * What names a log may have been made to name something else.
         *
         * @param path one of those that it writes now
         * @param file what is open under this name
         * @return why this is no log of that server: a lower-case phrase
         */
        Optional<String> objection(Path path, OpenFile file) throws IOException;
    }

    /** One server's files. */
    interface Following {
        /** @return the last 20 lines since it began, oldest first */
        List<String> tail();

        /** The server has ended: what is left is read, and then no more. Returns at once. */
        void end();
    }

    /**
     * Begins to follow: what is in the files now is passed over, what comes is printed.
     *
     * @param subject the node, such as {@code "coordinator data/coord"}
     * @param files where it logs
     */
    Following follow(String subject, Files files);

    /** @return one that follows nothing, for tests */
    static ServerLogs none() {
        return (subject, files) -> new Following() {
            @Override
            public List<String> tail() {
                return List.of();
            }

            @Override
            public void end() {
                // There is nothing to end.
            }
        };
    }
}
