package com.tiredpixel.pgxl.agent.node;

import com.tiredpixel.pgxl.agent.log.VisibleText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges a directory with the marks of GTM or its proxy: the files settle the role, each has its own. */
final class GtmDetector {
    private final Path directory;
    private final Role role;
    private final List<Evidence> evidence;

    GtmDetector(Path directory, Role role, List<Evidence> marks) {
        this.directory = directory;
        this.role = role;
        this.evidence = new ArrayList<>(marks);
    }

    Finding examine() {
        String file = GtmConfiguration.fileName(role.program());
        FileContent content = FileContent.read(directory.resolve(file), FileContent.CONFIGURATION);
        if (content instanceof FileContent.Absent) {
            return new Finding.NotANode(directory, "it has no " + file + ", and cannot start without", evidence);
        }
        if (content instanceof FileContent.Unreadable unreadable) {
            return new Finding.Contradiction(
                    directory, VisibleText.of(unreadable.reason()), "put the configuration back", false, evidence);
        }
        LastStart lastStart = LastStart.read(directory, role.program());
        return lastStart.objection(evidence).orElseGet(() ->
                node(lastStart, GtmConfiguration.parse(((FileContent.Content) content).text())));
    }

    private Finding node(LastStart lastStart, GtmConfiguration configuration) {
        NodeFacts facts = NodeFacts.of(directory, role, lastStart.commandLine(), configuration);
        // A master reads its next transaction id from gtm.control, or, after a crash between two renames, from
        // gtm.control.tmp, and refuses to start without; a slave gets it from its master.
        boolean hasControl = exists("gtm.control") || exists("gtm.control.tmp");
        if (role == Role.GTM && !facts.slave() && !hasControl) {
            return new Finding.NotANode(directory, "it has no gtm.control, and cannot start without", evidence);
        }
        evidence.add(new Evidence(
                Evidence.Weight.LAST_START,
                role.program().optionsFileName(),
                lastStart.commandLine().isPresent() ? "is there" : "is empty",
                Optional.of(role)));
        if (facts.slave()) {
            evidence.add(new Evidence(
                    Evidence.Weight.NOTE, "gtm.conf", "says startup = STANDBY", Optional.empty()));
        }
        Optional<String> identity = facts.nodeName().map(name ->
                role.label() + " " + name + " port " + (facts.port().isPresent() ? facts.port().getAsInt() : "?"));
        return new Finding.Node(facts, identity, lastStart.place() instanceof RecordedLocation.Proven, evidence);
    }

    private boolean exists(String name) {
        return Files.exists(directory.resolve(name));
    }
}
