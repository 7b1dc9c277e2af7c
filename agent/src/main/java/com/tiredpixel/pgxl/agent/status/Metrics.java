package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.indoubt.InDoubt;
import com.tiredpixel.pgxl.agent.os.OwnUsage;
import com.tiredpixel.pgxl.agent.ssh.SshCounters;
import com.tiredpixel.pgxl.agent.supervisor.NodeHistory;
import com.tiredpixel.pgxl.agent.supervisor.NodeState;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code /metrics}, in the text format of Prometheus: a snapshot, written anew at every scrape. */
final class Metrics {
    static final String TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private final List<MetricSnapshot> metrics = new ArrayList<>();
    private final Snapshot snapshot;

    private Metrics(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /** @param probes how many each directory's server has had */
    static byte[] of(Snapshot snapshot, Map<Path, Long> probes) {
        var metrics = new Metrics(snapshot);
        metrics.nodes();
        metrics.histories(probes);
        metrics.inDoubt(snapshot.inDoubt());
        metrics.reaping();
        metrics.ssh(snapshot.agent().ssh());
        metrics.process(snapshot.agent());
        var out = new ByteArrayOutputStream(16 * 1024);
        try {
            PrometheusTextFormatWriter.create().write(out, new MetricSnapshots(metrics.metrics));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return out.toByteArray();
    }

    private void nodes() {
        gauge("pgxl_node_up", "Whether the node has a server process. 0 for more than a minute, and nobody "
                + "stopped it: look at pgxl status.", node -> node.report().pid().isPresent() ? 1 : 0);
        gauge("pgxl_node_ready", "Whether the node serves, by a probe. 0 while up is 1, for more than a minute: "
                + "it recovers, hangs or is full.", node -> node.ready() ? 1 : 0);
        gauge("pgxl_node_full", "Whether the node has no place for one more client. 1: raise max_connections or "
                + "find who holds them.", node -> node.full() ? 1 : 0);
        gauge("pgxl_node_crash_loop", "Whether the node keeps dying. 1: a person has to look, the agent keeps "
                + "trying.", node -> node.report().crashLoop() ? 1 : 0);
        gauge("pgxl_node_held", "Whether an operator holds the node down. 1 for longer than the maintenance takes: "
                + "pgxl release was forgotten.", node -> node.report().held() ? 1 : 0);
        gauge("pgxl_node_in_state_seconds", "How long the node has been in its state.",
                node -> seconds(node.report().inState()));
        var states = GaugeSnapshot.builder()
                .name("pgxl_node_state")
                .help("1 for the state in which the node is. Worry about BACKING_OFF, BLOCKED and LOCKED_OUT.");
        for (NodeView node : snapshot.nodes()) {
            for (NodeState state : NodeState.values()) {
                states.dataPoint(gauge(
                        labels(node).add("state", state.name()), node.report().state() == state ? 1 : 0));
            }
        }
        metrics.add(states.build());
        metrics.add(GaugeSnapshot.builder()
                .name("pgxl_contradictions")
                .help("Directories that may be nodes and are not started, for their evidence does not agree. More "
                        + "than 0: pgxl explain shows the way out.")
                .dataPoint(gauge(Labels.EMPTY, snapshot.overview().contradictions().size()))
                .build());
    }

    private void histories(Map<Path, Long> probes) {
        var restarts = CounterSnapshot.builder()
                .name("pgxl_node_restarts")
                .help("Starts by the agent after the server ended by itself, by how it had ended. Any increase is "
                        + "a crash.");
        var ends = GaugeSnapshot.builder()
                .name("pgxl_node_last_end")
                .help("1 for the kind of the server's last end. Worry about signaled, exited and refused.");
        var ready = GaugeSnapshot.builder()
                .name("pgxl_node_time_to_ready_seconds")
                .help("From the last start to the first sign that it serves. Growing: recovery takes longer, "
                        + "check the checkpoint settings.");
        var stops = GaugeSnapshot.builder()
                .name("pgxl_node_last_stop_seconds")
                .help("How long the agent's last stop of the node took, by the firmest mode that it needed. "
                        + "immediate or killed: it had to recover afterwards; raise PGXL_STOP_TIMEOUT.");
        var asked = CounterSnapshot.builder()
                .name("pgxl_node_probes")
                .help("Probes of the node. More than one a second is impossible.");
        for (NodeView node : snapshot.nodes()) {
            NodeHistory history = node.report().history();
            for (NodeHistory.End end : NodeHistory.End.values()) {
                if (end != NodeHistory.End.STOPPED) {
                    restarts.dataPoint(counter(
                            labels(node).add("cause", word(end)), history.restarts().getOrDefault(end, 0)));
                }
                boolean last = history.lastEnd().filter(one -> one.kind() == end).isPresent();
                ends.dataPoint(gauge(labels(node).add("kind_of_end", word(end)), last ? 1 : 0));
            }
            history.timeToReady().ifPresent(time -> ready.dataPoint(gauge(labels(node), seconds(time))));
            history.lastStop().ifPresent(stop ->
                    stops.dataPoint(gauge(labels(node).add("mode", stop.mode()), seconds(stop.took()))));
            asked.dataPoint(counter(labels(node), probes.getOrDefault(node.report().directory(), 0L)));
        }
        metrics.addAll(List.of(restarts.build(), ends.build(), ready.build(), stops.build(), asked.build()));
    }

    private void inDoubt(InDoubt found) {
        gauge("pgxl_in_doubt_transactions", "Transactions that are prepared on some nodes, with nobody at it. More than "
                + "0 for minutes: pgxl in-doubt shows for whom it waits.", found.transactions().size());
        gauge("pgxl_in_doubt_oldest_seconds", "Age of the oldest of them. They block writers, and vacuum in the whole "
                + "cluster.", seconds(found.oldest()));
        gauge("pgxl_in_doubt_torn", "Transactions that one node has committed and another has lost. More than 0: a "
                + "person has to decide.", found.transactions().stream().filter(InDoubt.Transaction::torn).count());
        gauge("pgxl_in_doubt_silent_nodes", "Nodes of pgxc_node that did not answer the last look.",
                found.silent().size());
        gauge("pgxl_prepared_by_users", "Transactions that users have prepared themselves; they are left alone.",
                found.others());
        gauge("pgxl_prepared_by_users_oldest_seconds", "Age of the oldest of those. An hour: somebody has forgotten it.",
                seconds(found.oldestOther()));
        metrics.add(CounterSnapshot.builder()
                .name("pgxl_in_doubt_resolved")
                .help("Transactions in doubt that this agent has ended, by how; failed: not on every node yet.")
                .dataPoint(counter(Labels.of("how", "committed"), found.committed()))
                .dataPoint(counter(Labels.of("how", "rolled_back"), found.rolledBack()))
                .dataPoint(counter(Labels.of("how", "failed"), found.failed()))
                .build());
    }

    private void reaping() {
        AgentFacts agent = snapshot.agent();
        counter("pgxl_orphans_reaped", "Orphans that fell to the agent and were reaped.", agent.orphansReaped());
        counter("pgxl_children_reaped", "Processes that the agent started and reaped.", agent.childrenReaped());
        gauge("pgxl_zombies", "Zombies in the container now. More than a few, for more than a minute: some process "
                + "does not wait for its children.", agent.usage().zombies());
    }

    private void ssh(SshCounters ssh) {
        counter("pgxl_ssh_connections", "SSH connections accepted.", ssh.connections());
        gauge("pgxl_ssh_connections_open", "SSH connections now. Near PGXL_SSH_MAX_SESSIONS: pgxc_ctl will be "
                + "refused.", ssh.connectionsNow());
        counter("pgxl_ssh_connections_refused", "SSH connections dropped before login: too many, or too slow. Any "
                + "increase while pgxc_ctl works: it fails.", ssh.connectionsRefused());
        counter("pgxl_ssh_connections_ended", "SSH connections ended for what the client sent, or asked for and did not "
                + "read. Any increase: somebody attacks, or a client is broken.", ssh.connectionsEnded());
        counter("pgxl_ssh_logins", "SSH logins that succeeded.", ssh.logins());
        counter("pgxl_ssh_authentication_failures", "SSH logins that failed: keys, signatures, other methods. A "
                + "steady increase: a wrong key somewhere, or somebody tries.", ssh.authenticationFailures());
        gauge("pgxl_ssh_commands_running", "SSH commands now.", ssh.commandsNow());
        counter("pgxl_ssh_commands_refused", "SSH commands refused because there were too many.", ssh.commandsRefused());
        metrics.add(CounterSnapshot.builder()
                .name("pgxl_ssh_commands")
                .help("SSH commands that ended, by how. nonzero increases while nobody works: a script fails.")
                .dataPoint(counter(Labels.of("exit", "zero"), ssh.exitedZero()))
                .dataPoint(counter(Labels.of("exit", "nonzero"), ssh.exitedNonZero()))
                .dataPoint(counter(Labels.of("exit", "signal"), ssh.signaled()))
                .dataPoint(counter(Labels.of("exit", "abandoned"), ssh.abandoned()))
                .build());
        metrics.add(CounterSnapshot.builder()
                .name("pgxl_ssh_bytes")
                .help("Bytes of SSH commands and files, seen from the node.")
                .dataPoint(counter(Labels.of("direction", "in"), ssh.bytesIn()))
                .dataPoint(counter(Labels.of("direction", "out"), ssh.bytesOut()))
                .build());
    }

    /** Those with an equivalent in Prometheus' own client libraries have its names. */
    private void process(AgentFacts agent) {
        OwnUsage usage = agent.usage();
        metrics.add(GaugeSnapshot.builder()
                .name("pgxl_agent_build")
                .help("Always 1; the version is a label.")
                .dataPoint(gauge(Labels.of("version", agent.version()), 1))
                .build());
        gauge("pgxl_agent_uptime_seconds", "Since the agent, and so the container, started.",
                seconds(agent.uptime()));
        gauge("process_resident_memory_bytes", "Memory of the agent. Above 120 MB, and growing: report a bug.",
                usage.residentBytes());
        counter("process_cpu_seconds", "CPU time of the agent. Above 0.1 a second while nothing happens: report a "
                + "bug.", usage.cpuSeconds());
        gauge("process_threads", "Threads of the agent.", usage.threads());
        gauge("process_open_fds", "Descriptors of the agent.", usage.descriptors());
        gauge("process_max_fds", "Descriptors that it may have. Worry when open_fds comes near.",
                usage.mostDescriptors());
    }

    private interface Measure {
        double of(NodeView node);
    }

    private void gauge(String name, String help, Measure measure) {
        var gauge = GaugeSnapshot.builder().name(name).help(help);
        snapshot.nodes().forEach(node -> gauge.dataPoint(gauge(labels(node), measure.of(node))));
        metrics.add(gauge.build());
    }

    private void gauge(String name, String help, double value) {
        metrics.add(GaugeSnapshot.builder().name(name).help(help).dataPoint(gauge(Labels.EMPTY, value)).build());
    }

    private void counter(String name, String help, double value) {
        metrics.add(CounterSnapshot.builder()
                .name(name).help(help).dataPoint(counter(Labels.EMPTY, value)).build());
    }

    private static GaugeDataPointSnapshot gauge(Labels labels, double value) {
        return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    private static CounterDataPointSnapshot counter(Labels labels, double value) {
        return CounterDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    /** The directory is what tells two nodes apart; names may repeat. */
    private static Labels labels(NodeView node) {
        return Labels.of(
                "directory", node.directory(), "node", node.name(),
                "role", node.report().role().label(), "kind", node.kind());
    }

    private static String word(NodeHistory.End end) {
        return end.name().toLowerCase(Locale.ROOT);
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
