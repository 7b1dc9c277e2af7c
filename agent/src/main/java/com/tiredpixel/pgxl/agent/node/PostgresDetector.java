package com.tiredpixel.pgxl.agent.node;

import com.tiredpixel.pgxl.agent.log.VisibleText;
import com.tiredpixel.pgxl.agent.os.FileRead;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Judges a directory with the marks of a postmaster: coordinator or datanode?
 *
 * <p>The options file and the comments of {@code pgxc_ctl} must agree, because each is written on purpose for one
 * role: if they do not, one of them came from another directory. The name of the directory is a person's
 * choice ({@code datacenter1} may hold a coordinator), so it is asked only where both are silent.
 */
final class PostgresDetector {
    private final Path directory;
    private final List<Evidence> evidence;

    PostgresDetector(Path directory, List<Evidence> marks) {
        this.directory = directory;
        this.evidence = new ArrayList<>(marks);
    }

    Finding examine(Optional<Role> override) {
        FileRead control = ControlFile.read(directory);
        if (control instanceof FileRead.Absent) {
            return new Finding.NotANode(
                    directory, "it has no global/pg_control: its making was not finished", evidence);
        }
        if (control instanceof FileRead.NotRegular) {
            return new Finding.Contradiction(
                    directory,
                    VisibleText.of(control.problem(directory.resolve("global/pg_control"))),
                    "put the control file back",
                    false,
                    evidence);
        }
        if (!isThere("base") || !isThere("pg_wal") && !isThere("pg_xlog")) {
            return new Finding.NotANode(
                    directory,
                    "it has no " + (isThere("base") ? "pg_wal" : "base") + ": its restore is not finished",
                    evidence);
        }
        LastStart lastStart = LastStart.read(directory, Program.POSTGRES);
        Optional<OptionsFile.CommandLine> commandLine = lastStart.commandLine();
        if (commandLine.isPresent() && commandLine.get().isRestoreMode()) {
            evidence.add(new Evidence(
                    Evidence.Weight.LAST_START, "postmaster.opts", "says --restoremode", Optional.empty()));
            return new Finding.NotANode(
                    directory, "it is half made: its last start was in restore mode", evidence);
        }
        return lastStart.objection(evidence).orElseGet(() -> decide(lastStart, override));
    }

    /** Whatever it is: a link to a disk that is not mounted is the server's to complain of. */
    private boolean isThere(String name) {
        return Files.exists(directory.resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    private Finding decide(LastStart lastStart, Optional<Role> override) {
        PostgresConfiguration configuration = PostgresConfiguration.read(directory);
        configuration.problems().forEach(this::note);
        Set<Role> said = EnumSet.noneOf(Role.class);
        for (Role role : lastStart.commandLine().map(OptionsFile.CommandLine::roles).orElse(Set.of())) {
            said.add(role);
            add(Evidence.Weight.LAST_START, "postmaster.opts", "says --" + role.label(), role);
        }
        if (said.isEmpty()) {
            evidence.add(new Evidence(
                    Evidence.Weight.NOTE, "postmaster.opts", "names no role", Optional.empty()));
        }
        for (Role role : configuration.commentedRoles()) {
            said.add(role);
            add(Evidence.Weight.COMMENT, "postgresql.conf", "has pgxc_ctl's comment for a " + role.label(), role);
        }
        Optional<Role> byName = byName();
        byName.ifPresent(role -> add(
                Evidence.Weight.NAME,
                VisibleText.of(directory.getFileName().toString()),
                "sounds like a " + role.label(),
                role));

        if (said.size() == 1) {
            return node(said.iterator().next(), lastStart, configuration);
        }
        if (said.isEmpty() && byName.isPresent()) {
            return node(byName.get(), lastStart, configuration);
        }
        if (override.isPresent() && override.get().program() == Program.POSTGRES) {
            add(Evidence.Weight.OPERATOR, "PGXL_ROLE", "says " + override.get().label(), override.get());
            return node(override.get(), lastStart, configuration);
        }
        return undecided(said, override);
    }

    private Finding undecided(Set<Role> said, Optional<Role> override) {
        String what = said.isEmpty()
                ? "nothing in it says whether it is a coordinator or a datanode"
                : "its evidence is for a coordinator and for a datanode";
        String misfit = override
                .map(role -> " (PGXL_ROLE=" + role.label() + " does not fit: these are files of a postmaster)")
                .orElse("");
        return new Finding.Contradiction(
                directory, what, "set PGXL_ROLE to coordinator or to datanode" + misfit, true, sorted());
    }

    private Finding node(Role role, LastStart lastStart, PostgresConfiguration configuration) {
        NodeFacts facts = NodeFacts.of(directory, role, lastStart.commandLine(), configuration);
        if (facts.slave()) {
            evidence.add(new Evidence(
                    Evidence.Weight.NOTE, "recovery.conf", "makes it a slave", Optional.empty()));
        }
        return new Finding.Node(facts, identity(facts), lastStart.place() instanceof RecordedLocation.Proven, sorted());
    }

    private Optional<Role> byName() {
        String name = directory.getFileName() == null ? "" : directory.getFileName().toString();
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.startsWith("coord")) {
            return Optional.of(Role.COORDINATOR);
        }
        return lower.startsWith("data") || lower.startsWith("dn") ? Optional.of(Role.DATANODE) : Optional.empty();
    }

    /**
     * A slave has its master's system identifier and node name, but on one host not its port; a copy has all
     * three.
     */
    private Optional<String> identity(NodeFacts facts) {
        FileRead control = ControlFile.read(directory);
        OptionalLong system = ControlFile.identifier(control);
        if (system.isEmpty()) {
            note("global/pg_control", control instanceof FileRead.Unreadable
                    ? control.problem("").strip()
                    : "names no system");
            return Optional.empty();
        }
        return Optional.of("system " + Long.toUnsignedString(system.getAsLong()) + " node "
                + facts.nodeName().orElse("?") + " port "
                + (facts.port().isPresent() ? facts.port().getAsInt() : "?"));
    }

    private void note(String file, String says) {
        evidence.add(new Evidence(Evidence.Weight.NOTE, file, says, Optional.empty()));
    }

    private void add(Evidence.Weight weight, String file, String says, Role role) {
        evidence.add(new Evidence(weight, file, says, Optional.of(role)));
    }

    private List<Evidence> sorted() {
        return evidence.stream().sorted(Comparator.comparing(Evidence::weight)).toList();
    }
}
