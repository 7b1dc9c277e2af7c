package com.tiredpixel.pgxl.agent.supervisor.server;

import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import com.tiredpixel.pgxl.agent.supervisor.directory.NodeName;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** The environment of one node's starts: the agent's, and what the last server had besides that an operator started. */
final class StartEnvironment {
    private final ServerContext context;
    private final NodeName name;
    private Optional<Map<String, String>> kept = Optional.empty();

    StartEnvironment(ServerContext context, NodeName name) {
        this.context = context;
        this.name = name;
    }

    /** Keeps what this server has, here and in the state directory. */
    void keep(ProcessIdentity server) {
        Optional<Map<String, String>> its = context.processes().environment(server)
                .map(all -> KeptEnvironment.of(all, context.environment()));
        if (its.isEmpty() || its.equals(kept)) {
            return;
        }
        if (!its.get().isEmpty()) {
            context.log().info(name.subject(), "keeps for later starts what its environment has besides the agent's: "
                    + String.join(", ", its.get().keySet()));
        }
        try {
            context.environments().write(name.directory(), its.get());
        } catch (IOException e) {
            context.log().warn(name.subject(), "cannot keep its environment in "
                    + context.environments().file(name.directory()) + ", so the next container will not know it: " + e);
        }
        kept = its;
    }

    /** @return the environment of the next start */
    Map<String, String> next() {
        if (kept.isEmpty()) {
            try {
                kept = Optional.of(context.environments().read(name.directory()));
            } catch (IOException e) {
                kept = Optional.of(Map.of());
                context.log().warn(name.subject(), "starts without what its environment had besides the agent's: " + e);
            }
        }
        return KeptEnvironment.merged(context.environment(), kept.get());
    }

    /** The directory is no more. */
    void forget() {
        kept = Optional.empty();
        try {
            context.environments().remove(name.directory());
        } catch (IOException e) {
            context.log().warn(name.subject(), "cannot remove " + context.environments().file(name.directory()) + ": " + e);
        }
    }
}
