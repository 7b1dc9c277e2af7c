package com.tiredpixel.pgxl.agent.log;

import java.nio.file.Path;
import java.util.List;

/** Follows the log files that servers write by themselves. */
@FunctionalInterface
public interface ServerLogs {

    /** Where a server logs. Asked again and again: files rotate. */
    interface Files {
        /** @return the files that it writes now; may be none */
        List<Path> current();

        /** @return directories in which new ones will appear */
        List<Path> directories();
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
