package com.tiredpixel.pgxl.agent.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes a command line apart as {@code getopt(3)} does, with the option letters of each program. */
final class Getopt {
    /** As {@code PostmasterMain}, {@code main} of GTM and of the proxy call it; {@code -} is {@code --NAME}. */
    private static final Map<String, String> LETTERS = Map.of(
            "postgres", "B:bc:C:D:d:EeFf:h:ijk:lN:nOo:Pp:r:S:sTt:W:-:",
            "gtm", "ch:n:p:x:D:l:si:q:f",
            "gtm_proxy", "h:i:p:n:D:l:s:t:");

    private Getopt() {
    }

    /**
     * One option.
     *
     * @param letter {@code -} for a long option
     * @param value of an option that takes one; of a long option its name and what follows
     */
    record Option(char letter, Optional<String> value) {

        /** @return the option as arguments again */
        List<String> arguments() {
            if (letter == '-') {
                return List.of("--" + value.orElse(""));
            }
            List<String> arguments = new ArrayList<>(List.of("-" + letter));
            value.ifPresent(arguments::add);
            return arguments;
        }
    }

    /**
     * @param program {@code postgres}, {@code gtm} or {@code gtm_proxy}
     * @param arguments without argv[0]
     * @return the options in order; an unknown letter counts as one without a value, and what is no option is
     *     left out, because no such command line ever started a server
     */
    static List<Option> options(String program, List<String> arguments) {
        String letters = LETTERS.getOrDefault(program, "");
        List<Option> options = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.equals("--")) {
                break;
            }
            if (!argument.startsWith("-") || argument.length() < 2) {
                continue;
            }
            for (int j = 1; j < argument.length(); j++) {
                char letter = argument.charAt(j);
                if (!takesValue(letters, letter)) {
                    options.add(new Option(letter, Optional.empty()));
                    continue;
                }
                if (j + 1 < argument.length()) {
                    options.add(new Option(letter, Optional.of(argument.substring(j + 1))));
                } else if (i + 1 < arguments.size()) {
                    options.add(new Option(letter, Optional.of(arguments.get(++i))));
                }
                break;
            }
        }
        return options;
    }

    private static boolean takesValue(String letters, char letter) {
        int at = letter == ':' ? -1 : letters.indexOf(letter);
        return at >= 0 && at + 1 < letters.length() && letters.charAt(at + 1) == ':';
    }
}
