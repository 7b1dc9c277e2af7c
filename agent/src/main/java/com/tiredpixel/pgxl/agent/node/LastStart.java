package com.tiredpixel.pgxl.agent.node;

import com.tiredpixel.pgxl.agent.log.VisibleText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the options file and the pid file of a directory tell about its last start.
 *
 * @param directory the data directory
 * @param program whose files were read
 * @param options the options file
 * @param pidFile the pid file
 * @param place whether they were written for this directory
 */
record LastStart(Path directory, Program program, OptionsFile options, PidFile pidFile, RecordedLocation place) {
    private static final String START_BY_HAND = "start the node once by hand, which writes the file anew: ";

    static LastStart read(Path directory, Program program) {
        OptionsFile options = OptionsFile.read(directory, program);
        PidFile pidFile = PidFile.read(directory, program);
        Optional<String> byOptions = options instanceof OptionsFile.CommandLine line
                ? line.dataDirectory()
                : Optional.empty();
        Optional<String> byPidFile = pidFile instanceof PidFile.Named named
                ? Optional.of(named.dataDirectory())
                : Optional.empty();
        RecordedLocation place = RecordedLocation.of(
                directory,
                new RecordedLocation.Said(program.optionsFileName(), byOptions),
                new RecordedLocation.Said(program.pidFileName(), byPidFile));
        return new LastStart(directory, program, options, pidFile, place);
    }

    /** @return the command line, or none if the file is there but empty */
    Optional<OptionsFile.CommandLine> commandLine() {
        return options instanceof OptionsFile.CommandLine line ? Optional.of(line) : Optional.empty();
    }

    /** @return why the directory is no node that may be started, whatever its role, if there is a reason */
    Optional<Finding> objection(List<Evidence> evidence) {
        if (options instanceof OptionsFile.Absent) {
            boolean backup = Files.exists(directory.resolve("backup_label"));
            return Optional.of(new Finding.NotANode(
                    directory,
                    backup ? "it is a base backup, never started" : "it was never started",
                    with(evidence, program.optionsFileName(), "is not there")));
        }
        if (options instanceof OptionsFile.Unreadable unreadable) {
            return contradiction(VisibleText.of(unreadable.reason()), "move it away, and " + byHand(), evidence);
        }
        if (options instanceof OptionsFile.Malformed malformed && !malformed.empty()) {
            return contradiction(program.optionsFileName() + ": " + malformed.why(), byHand(), evidence);
        }
        if (pidFile instanceof PidFile.Unreadable unreadable) {
            return contradiction(VisibleText.of(unreadable.reason()), "move it away", evidence);
        }
        return misplaced(evidence).or(() -> restored(evidence));
    }

    /**
     * A restore brings the options file back, and is under way until somebody starts the server. A master that was killed
     * in the middle of an exclusive backup has a label too, but left its pid file; every stop removes both.
     */
    private Optional<Finding> restored(List<Evidence> evidence) {
        boolean label = program == Program.POSTGRES && Files.exists(directory.resolve("backup_label"));
        boolean recovers = Stream.of("recovery.conf", "recovery.signal", "standby.signal")
                .anyMatch(file -> Files.exists(directory.resolve(file)));
        if (!label || recovers || pidFile instanceof PidFile.Named) {
            return Optional.empty();
        }
        return Optional.of(new Finding.NotANode(
                directory,
                "it is a backup that is being restored, or was never started since; if it is complete, " + byHand(),
                with(evidence, "backup_label", "is there without recovery.conf")));
    }

    private Optional<Finding> misplaced(List<Evidence> evidence) {
        if (place instanceof RecordedLocation.Elsewhere elsewhere) {
            String path = VisibleText.of(elsewhere.path());
            return Optional.of(new Finding.NotANode(
                    directory,
                    "it is a copy of " + path + "; if it was moved here for good, " + byHand(),
                    with(evidence, elsewhere.file(), "names " + path)));
        }
        if (place instanceof RecordedLocation.Mixed mixed) {
            return contradiction(
                    mixed.here() + " names this directory, but " + mixed.elsewhere() + " names "
                            + VisibleText.of(mixed.path()),
                    "remove the one that came from elsewhere",
                    evidence);
        }
        return Optional.empty();
    }

    private Optional<Finding> contradiction(String what, String remedy, List<Evidence> evidence) {
        return Optional.of(new Finding.Contradiction(directory, what, remedy, false, evidence));
    }

    private String byHand() {
        String start = program == Program.POSTGRES ? "pg_ctl start -Z ROLE" : "gtm_ctl start -Z " + program.executable();
        return START_BY_HAND + start + " -D " + VisibleText.of(directory.toString());
    }

    private static List<Evidence> with(List<Evidence> evidence, String file, String says) {
        List<Evidence> all = new ArrayList<>(evidence);
        all.add(new Evidence(Evidence.Weight.LAST_START, file, says, Optional.empty()));
        return all;
    }
}
