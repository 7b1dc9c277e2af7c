package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.os.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The environment of one node's starts: the agent's, and what the last server had besides that an operator started. */
final class StartEnvironment {
    private final Surroundings surroundings;
    private final Path directory;
    private Optional<Map<String, String>> kept = Optional.empty();

    StartEnvironment(Surroundings surroundings, Path directory) {
        this.surroundings = surroundings;
        this.directory = directory;
    }

    /** Keeps what this server has, here and in the state directory. */
    void keep(ProcessIdentity server, String subject) {
        Optional<Map<String, String>> its = surroundings.processes().environment(server)
                .map(all -> KeptEnvironment.of(all, surroundings.environment()));
        if (its.isEmpty() || its.equals(kept)) {
            return;
        }
        if (!its.get().isEmpty()) {
            surroundings.log().info(subject, "keeps for later starts what its environment has besides the agent's: "
                    + String.join(", ", its.get().keySet()));
        }
        try {
            surroundings.environments().write(directory, its.get());
        } catch (IOException e) {
            surroundings.log().warn(subject, "cannot keep its environment in "
                    + surroundings.environments().file(directory) + ", so the next container will not know it: " + e);
        }
        kept = its;
    }

    /** @return the environment of the next start */
    Map<String, String> next(String subject) {
        if (kept.isEmpty()) {
            try {
                kept = Optional.of(surroundings.environments().read(directory));
            } catch (IOException e) {
                kept = Optional.of(Map.of());
                surroundings.log().warn(subject, "starts without what its environment had besides the agent's: " + e);
            }
        }
        return KeptEnvironment.merged(surroundings.environment(), kept.get());
    }

    /** The directory is no more. */
    void forget(String subject) {
        kept = Optional.empty();
        try {
            surroundings.environments().remove(directory);
        } catch (IOException e) {
            surroundings.log().warn(subject, "cannot remove " + surroundings.environments().file(directory) + ": " + e);
        }
    }
}
