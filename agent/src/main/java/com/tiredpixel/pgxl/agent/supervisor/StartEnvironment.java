package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The environment of one node's starts: the agent's, and what the last server had besides that an operator started. */
final class StartEnvironment {
    private final SupervisorContext context;
    private final Path directory;
    private Optional<Map<String, String>> kept = Optional.empty();

    StartEnvironment(SupervisorContext context, Path directory) {
        this.context = context;
        this.directory = directory;
    }

    /** Keeps what this server has, here and in the state directory. */
    void keep(ProcessIdentity server, String subject) {
        Optional<Map<String, String>> its = context.processes().environment(server)
                .map(all -> KeptEnvironment.of(all, context.environment()));
        if (its.isEmpty() || its.equals(kept)) {
            return;
        }
        if (!its.get().isEmpty()) {
            context.log().info(subject, "keeps for later starts what its environment has besides the agent's: "
                    + String.join(", ", its.get().keySet()));
        }
        try {
            context.environments().write(directory, its.get());
        } catch (IOException e) {
            context.log().warn(subject, "cannot keep its environment in "
                    + context.environments().file(directory) + ", so the next container will not know it: " + e);
        }
        kept = its;
    }

    /** @return the environment of the next start */
    Map<String, String> next(String subject) {
        if (kept.isEmpty()) {
            try {
                kept = Optional.of(context.environments().read(directory));
            } catch (IOException e) {
                kept = Optional.of(Map.of());
                context.log().warn(subject, "starts without what its environment had besides the agent's: " + e);
            }
        }
        return KeptEnvironment.merged(context.environment(), kept.get());
    }

    /** The directory is no more. */
    void forget(String subject) {
        kept = Optional.empty();
        try {
            context.environments().remove(directory);
        } catch (IOException e) {
            context.log().warn(subject, "cannot remove " + context.environments().file(directory) + ": " + e);
        }
    }
}
