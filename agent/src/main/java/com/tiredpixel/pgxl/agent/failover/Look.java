package com.tiredpixel.pgxl.agent.failover;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.failover.Decision.GiveWay;
import com.tiredpixel.pgxl.agent.node.ControlFile;
import com.tiredpixel.pgxl.agent.sql.ClusterNode;
import com.tiredpixel.pgxl.agent.sql.LocalServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One look at the cluster around a master: whether another is master of its name. */
final class Look {
    private final KnownNodes known;
    private final Survey survey;
    private final EventLog log;

    Look(KnownNodes known, Survey survey, EventLog log) {
        this.known = known;
        this.survey = survey;
        this.log = log;
    }

    /** Of one that is down. */
    Decision down(Path directory, boolean coordinator, Known nodes, Optional<GiveWay> standing) {
        return decide(directory, coordinator, nodes.name(), Optional.empty(), nodes.nodes(), standing);
    }

    /** Of one whose server is there. What its {@code pgxc_node} has is remembered. */
    Decision up(Path directory, boolean coordinator, String subject, Optional<GiveWay> standing) {
        Optional<Answer> own = LocalServer.of(directory, coordinator)
                .flatMap(where -> survey.ask(where, ControlFile.isNinePointFive(directory)));
        if (own.isEmpty()) {
            return known.of(directory).map(nodes -> down(directory, coordinator, nodes, standing))
                    .orElseGet(() -> standing.<Decision>map(way -> way).orElseGet(Decision.Serve::new));
        }
        Self self = own.get().self().orElseThrow();
        if (self.inRecovery()) {
            return new Decision.Serve();
        }
        remember(directory, subject, self, own.get().nodes());
        return decide(directory, coordinator, self.name(), Optional.of(self.begun()), own.get().nodes(), standing);
    }

    private void remember(Path directory, String subject, Self self, List<ClusterNode> nodes) {
        OptionalLong identifier = ControlFile.systemIdentifier(directory);
        try {
            if (!nodes.isEmpty() && identifier.isPresent()) {
                known.keep(directory, new Known(identifier.getAsLong(), self.name(), nodes));
            }
        } catch (IOException e) {
            log.error(subject, "cannot keep who is in the cluster, so nobody is asked before the next start: " + e);
        }
    }

    /** Its own timeline is read last: it may be promoted meanwhile, and only ever has a higher one. */
    private Decision decide(
            Path directory, boolean coordinator, String name, Optional<String> begun, List<ClusterNode> nodes,
            Optional<GiveWay> standing) {
        List<Claim> claims = survey.claims(name, coordinator, nodes, ControlFile.isNinePointFive(directory));
        Optional<String> address = nodes.stream()
                .filter(node -> node.name().equals(name) && node.coordinator() == coordinator)
                .map(ClusterNode::address).findFirst();
        var own = new Decision.Own(
                name, Timeline.of(directory), ControlFile.systemIdentifier(directory), address, begun);
        return standing.map(way -> Decision.after(way, own, claims)).orElseGet(() -> Decision.of(own, claims));
    }
}
