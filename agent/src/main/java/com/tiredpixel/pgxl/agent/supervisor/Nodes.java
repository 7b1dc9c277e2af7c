package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.Finding;
import com.tiredpixel.pgxl.agent.node.Program;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.os.Signal;
import com.tiredpixel.pgxl.agent.supervisor.server.AdoptedExits;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The nodes of this container: those that were found on the volume, and those that were seen to run. */
final class Nodes {
    private final SupervisorContext context;
    private final AdoptedExits ends;
    private final Lanes lanes;
    private final Map<Path, WatchedNode> nodes = new LinkedHashMap<>();
    private List<Finding.Contradiction> contradictions = List.of();
    private volatile List<Path> databases = List.of();

    Nodes(SupervisorContext context, AdoptedExits ends, Lanes lanes) {
        this.context = context;
        this.ends = ends;
        this.lanes = lanes;
    }

    Collection<WatchedNode> all() {
        return Collections.unmodifiableCollection(nodes.values());
    }

    Optional<WatchedNode> find(Path directory) {
        return Optional.ofNullable(nodes.get(directory));
    }

    boolean supervises(ProcessIdentity process) {
        return nodes.values().stream().anyMatch(node -> node.server().filter(process::equals).isPresent());
    }

    /** Directories that may be nodes, and of which none has become one since. */
    List<Finding.Contradiction> contradictions() {
        return contradictions.stream().filter(found -> !nodes.containsKey(found.directory())).toList();
    }

    /** Directories of coordinators and datanodes that answer. The lanes of nodes, which are other threads, read it. */
    private void noteDatabases() {
        databases = nodes.values().stream()
                .filter(node -> node.role().program() == Program.POSTGRES && node.answers())
                .map(WatchedNode::directory)
                .toList();
    }

    /** The node of this directory, from now on if it was none before: somebody started a server there. */
    WatchedNode node(Path directory, Role role) {
        if (!nodes.containsKey(directory)) {
            String found = !directory.startsWith(context.home())
                    ? "lies outside " + context.home()
                    : depth(directory) > context.scanDepth()
                            ? "lies " + depth(directory) + " folders below " + context.home()
                                    + ", and PGXL_SCAN_DEPTH is " + context.scanDepth()
                            : "";
            if (!found.isEmpty()) {
                context.log().warn(role.label() + " " + context.display(directory),
                        found + ": the next container will not find it");
            }
        }
        return make(directory, role, false);
    }

    private int depth(Path directory) {
        return directory.getNameCount() - context.home().getNameCount();
    }

    private WatchedNode make(Path directory, Role role, boolean fresh) {
        WatchedNode known = nodes.get(directory);
        if (known != null) {
            return known;
        }
        var made = new WatchedNode(context, directory, role, ends, lanes, () -> databases);
        made.setFresh(fresh);
        nodes.put(directory, made);
        noteDatabases();
        made.introduce();
        return made;
    }

    void removeGone() {
        nodes.values().removeIf(WatchedNode::isGone);
        noteDatabases();
    }

    /** Has PostgreSQL, never GTM, read its configuration again. */
    void hangUp() {
        Each.of(nodes.values(), node -> {
            if (node.role().program() == Program.POSTGRES && node.state() == NodeState.RUNNING) {
                node.server().ifPresent(server -> context.processes().signal(server, Signal.HUP));
            }
        });
    }

    /** Takes what the volume holds. A node that was not known is {@link WatchedNode#isFresh fresh}. */
    void take(VolumeScan volume) {
        volume.notes().forEach(note -> context.log().warn("agent", note));
        for (Finding finding : volume.findings()) {
            String name = context.display(finding.directory());
            if (finding instanceof Finding.Node found && !nodes.containsKey(found.directory())) {
                context.log().info(found.role().label() + " " + name, "found: " + found.because());
                make(found.directory(), found.role(), true);
            } else if (finding instanceof Finding.Contradiction contradiction) {
                context.log().error(
                        name, contradiction.what() + "; nothing is started: " + contradiction.remedy());
            } else if (finding instanceof Finding.NotANode other) {
                context.log().info(name, "not a node: " + other.reason());
            }
        }
        contradictions = volume.findings().stream()
                .filter(Finding.Contradiction.class::isInstance)
                .map(Finding.Contradiction.class::cast)
                .toList();
    }
}
