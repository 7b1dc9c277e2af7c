package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.log.VisibleText;
import com.tiredpixel.pgxl.agent.node.ControlFile;
import com.tiredpixel.pgxl.agent.node.NodeFacts;
import com.tiredpixel.pgxl.agent.node.PidFile;
import com.tiredpixel.pgxl.agent.node.Program;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.os.DiskThreads;
import com.tiredpixel.pgxl.agent.os.Lane;
import com.tiredpixel.pgxl.agent.status.probe.ProbeResult;
import com.tiredpixel.pgxl.agent.status.probe.ProbeTarget;
import com.tiredpixel.pgxl.agent.status.probe.Prober;
import com.tiredpixel.pgxl.agent.supervisor.NodeReport;
import com.tiredpixel.pgxl.agent.supervisor.NodeState;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * From what the supervisor says, the files and the probes to what others see. Reads files, within a moment: not for the
 * loop. Of a directory that does not answer it shows what was read of it last.
 */
final class NodeViews {
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final int MOST_HANGING = 32;

    private final Path home;
    private final Prober prober;
    private final MonotonicClock clock;
    private final DiskThreads disk = DiskThreads.of("status-disk", MOST_HANGING);
    private final Map<Path, Place> places = new ConcurrentHashMap<>();

    NodeViews(Path home, Prober prober, MonotonicClock clock) {
        this.home = home;
        this.prober = prober;
        this.clock = clock;
    }

    /** A data directory, and what was read of it last. */
    private final class Place {
        private final Lane lane = new Lane(disk, clock, () -> { });
        private volatile Optional<Facts> last = Optional.empty();

        Facts facts(NodeReport report) {
            Optional<Facts> read = lane.ask(PATIENCE, () -> read(report));
            if (read.isPresent()) {
                last = read;
                return read.get();
            }
            return last.map(facts -> facts.of(report)).orElseGet(() -> Facts.none(report));
        }
    }

    /** What the files say beside the report; nothing of a directory that has never answered. */
    private record Facts(
            NodeReport report, Optional<NodeFacts> node, PidFile pidFile, Optional<String> databaseState, boolean fresh) {

        static Facts none(NodeReport report) {
            return new Facts(report, Optional.empty(), new PidFile.Absent(), Optional.empty(), false);
        }

        Facts of(NodeReport now) {
            return new Facts(now, node, pidFile, databaseState, false);
        }

        /** The one on which a postmaster listens now beats that of its next start. */
        OptionalInt port() {
            return pidFile instanceof PidFile.Postmaster postmaster && postmaster.port().isPresent()
                    ? postmaster.port()
                    : node.map(NodeFacts::port).orElse(OptionalInt.empty());
        }

        Optional<String> nodeName() {
            return node.flatMap(NodeFacts::nodeName);
        }

        /** A proxy has no master. */
        Optional<Boolean> slave() {
            return node.filter(facts -> facts.role() != Role.GTM_PROXY).map(NodeFacts::slave);
        }
    }

    /** Probes all of them at once. @return in the order of the reports */
    CompletableFuture<List<NodeView>> of(List<NodeReport> reports) {
        places.keySet().retainAll(reports.stream().map(NodeReport::directory).toList());
        List<Facts> all = reports.stream()
                .map(report -> places.computeIfAbsent(report.directory(), unknown -> new Place()).facts(report))
                .toList();
        List<CompletableFuture<Optional<ProbeResult>>> results = all.stream().map(this::probe).toList();
        List<String> nodeNames = all.stream().map(facts -> facts.nodeName().orElse("")).toList();
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new)).thenApply(done -> {
            List<NodeView> views = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                views.add(view(all.get(i), results.get(i).join(), nodeNames));
            }
            return List.copyOf(views);
        });
    }

    private static Facts read(NodeReport report) {
        Path directory = report.directory();
        PidFile pidFile = PidFile.read(directory, report.role().program());
        boolean saysNothing = pidFile instanceof PidFile.Postmaster of95 && of95.status() == PidFile.Status.UNSAID;
        boolean asked = report.role().program() == Program.POSTGRES
                && (report.state() == NodeState.STARTING || saysNothing);
        return new Facts(
                report, Optional.of(NodeFacts.read(directory, report.role())), pidFile,
                asked ? ControlFile.state(directory) : Optional.empty(), true);
    }

    private CompletableFuture<Optional<ProbeResult>> probe(Facts facts) {
        NodeReport report = facts.report();
        // A postmaster that takes no clients, yet or ever, would write FATAL into its log for each probe.
        if (report.state() != NodeState.RUNNING || report.pid().isEmpty() || takesNoClients(facts)) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return ProbeTarget.of(
                        report.directory(), report.role(), report.pid().getAsInt(), facts.pidFile(), facts.port(),
                        facts.node().flatMap(NodeFacts::listenAddress))
                .filter(target -> facts.fresh() || !liesOnVolume(target))
                .map(target -> prober.ask(target).thenApply(Optional::of))
                .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
    }

    /** To connect to such a socket is to look for its name on a disk. */
    private boolean liesOnVolume(ProbeTarget target) {
        return target.address() instanceof UnixDomainSocketAddress socket && socket.getPath().startsWith(home);
    }

    private NodeView view(Facts facts, Optional<ProbeResult> result, List<String> nodeNames) {
        NodeReport report = facts.report();
        String directory = VolumeScan.name(home, report.directory());
        Optional<String> nodeName = facts.nodeName().filter(name -> !name.isEmpty());
        boolean unique = nodeName.isPresent() && Collections.frequency(nodeNames, nodeName.get()) == 1;
        return new NodeView(
                report,
                unique ? VisibleText.of(nodeName.get()) : directory,
                directory,
                nodeName,
                facts.slave(),
                facts.port(),
                availability(facts, result));
    }

    /** A standby of which hot_standby is off. Before PostgreSQL 10 its pid file does not say so. */
    private static boolean takesNoClients(Facts facts) {
        if (!(facts.pidFile() instanceof PidFile.Postmaster postmaster)) {
            return false;
        }
        return postmaster.status() == PidFile.Status.STANDBY
                || postmaster.status() == PidFile.Status.UNSAID
                        && facts.databaseState().filter(ControlFile.IN_ARCHIVE_RECOVERY::equals).isPresent()
                        && facts.node().filter(NodeFacts::hotStandby).isEmpty();
    }

    private static Availability availability(Facts facts, Optional<ProbeResult> result) {
        NodeReport report = facts.report();
        if (report.state() != NodeState.RUNNING) {
            String progress = report.state() == NodeState.STARTING ? progress(facts) : "";
            return Availability.notRunning(report.state(), progress + VisibleText.of(report.reason()));
        }
        if (takesNoClients(facts)) {
            return Availability.withoutClients();
        }
        return result.map(Availability::answered).orElseGet(Availability::unasked);
    }

    /** How far a postmaster is, by its own files. */
    private static String progress(Facts facts) {
        if (!(facts.pidFile() instanceof PidFile.Postmaster postmaster)) {
            return "";
        }
        return switch (postmaster.status()) {
            case STARTING, UNSAID -> facts.databaseState()
                    .filter(state -> state.startsWith("in ") && state.endsWith(" recovery"))
                    .orElse("starting up") + "; ";
            case STOPPING -> "shutting down; ";
            case READY, STANDBY -> "";
        };
    }
}
