package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.log.VisibleText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The words behind a verb, sorted.
 *
 * @param operands those that are no options
 * @param options by their long names, with their values; a flag's is empty
 */
record Arguments(List<String> operands, Map<String, String> options) {

    /** @param flags without a value @param valued with one, behind a blank or = */
    static Arguments of(Verb.Call call, Set<String> flags, Set<String> valued) {
        List<String> operands = new ArrayList<>();
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < call.words().size(); i++) {
            String word = call.words().get(i);
            int equals = word.indexOf('=');
            String name = word.equals("-m") ? "--mode" : equals > 0 ? word.substring(0, equals) : word;
            if (!word.startsWith("-")) {
                operands.add(word);
            } else if (flags.contains(word)) {
                options.put(word, "");
            } else if (!valued.contains(name)) {
                throw Refusal.usage(call.verb() + " has no option " + VisibleText.quoted(word));
            } else if (equals > 0) {
                options.put(name, word.substring(equals + 1));
            } else if (i + 1 < call.words().size()) {
                options.put(name, call.words().get(++i));
            } else {
                throw Refusal.usage(name + " wants a value");
            }
        }
        return new Arguments(operands, options);
    }

    /** Of a verb without options: at most so many words. */
    static List<String> atMost(int most, Verb.Call call) {
        if (call.words().size() > most) {
            throw Refusal.usage(call.verb() + " takes no " + VisibleText.quoted(call.words().get(most)));
        }
        return call.words();
    }

    Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name));
    }
}
