package com.tiredpixel.pgxl.it.docker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Where a word can be found by whoever may ask the engine, without entering a container. */
final class Traces {

    /** Layers come as files in a file, and some engines compress them. */
    private static final String LAYERS = "d=$(mktemp -d) && trap 'rm -rf \"$d\"' EXIT && docker save \"$1\" | tar -xf - -C \"$d\""
            + " && find \"$d\" -type f -exec zcat -f {} +";

    private final String word;
    private final List<String> found = new ArrayList<>();

    private Traces(String word) {
        this.word = word;
    }

    /**
     * Looks through what an image and containers are made of, and what is told of them. Volumes are no part of it.
     *
     * @param word without line breaks
     * @return the places that have it
     */
    static List<String> of(String word, String image, List<String> containers) {
        var traces = new Traces(word);
        traces.look("layers of " + image, LAYERS, image);
        traces.look("history of " + image, "docker history --no-trunc \"$1\"", image);
        traces.look("inspection of " + image, "docker image inspect \"$1\"", image);
        for (String container : containers) {
            traces.look("files of " + container, "docker export \"$1\"", container);
            traces.look("changes of " + container, "docker diff \"$1\"", container);
            traces.look("inspection of " + container, "docker inspect \"$1\"", container);
            traces.look("log of " + container, "docker logs \"$1\" 2>&1", container);
        }
        return traces.found;
    }

    /** The word comes by the environment: in an argument it could look like an option. */
    private void look(String place, String source, String name) {
        String count = Shell.run(Shell.LONG, Map.of("WORD", word), List.of("bash", "-c",
                "set -o pipefail; ( " + source + " ) | { grep -acF -e \"$WORD\" || [ $? = 1 ]; }", "bash", name)).orFail();
        if (!count.equals("0")) {
            found.add(place);
        }
    }
}
