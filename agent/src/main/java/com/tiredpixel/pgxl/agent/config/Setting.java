package com.tiredpixel.pgxl.agent.config;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One row of the table of settings: it reads the environment, and it prints as a row of {@code --help}.
 *
 * @param name of the environment variable
 * @param standard the default as an operator would write it; empty if being unset is a value of its own
 * @param allowed what may be written, for errors and help
 * @param meaning what it does
 * @param parser from a text that is not empty to its value, or to nothing if the text is not allowed
 * @param <T> type of the value
 */
public record Setting<T>(
        String name, String standard, String allowed, String meaning, Function<String, Optional<T>> parser) {

    /**
     * An empty variable counts as unset: compose files write {@code PGXL_ROLE: ${PGXL_ROLE:-}}.
     *
     * @param environment variable to value
     * @return what to parse; empty if the variable is unset and has no default
     */
    String text(Map<String, String> environment) {
        String given = environment.getOrDefault(name, "");
        return given.isEmpty() ? standard : given;
    }

    /** @return the sentence for a value that the parser did not take */
    String refusal(String text) {
        return name + " is \"" + Printable.of(text) + "\", but must be " + allowed;
    }
}
