package com.tiredpixel.pgxl.agent.supervisor;

import java.util.function.Consumer;

/** The same for each of several, so that what fails with one of them keeps nothing from the others. */
final class Each {
    private Each() {
    }

    /** Does it for each, and throws the first failure when all have had their turn. */
    static <T> void of(Iterable<T> all, Consumer<? super T> step) {
        Throwable first = null;
        for (T one : all) {
            try {
                step.accept(one);
            } catch (Throwable e) {
                first = first == null ? e : first;
            }
        }
        if (first instanceof Error error) {
            throw error;
        }
        if (first instanceof RuntimeException exception) {
            throw exception;
        }
    }
}
