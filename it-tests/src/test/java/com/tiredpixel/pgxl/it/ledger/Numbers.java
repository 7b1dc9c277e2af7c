package com.tiredpixel.pgxl.it.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Transaction ids and values of a sequence that clients were told, and which of them came twice. */
final class Numbers {
    private final Set<String> ids = ConcurrentHashMap.newKeySet();
    private final Set<String> values = ConcurrentHashMap.newKeySet();
    private final List<String> twice = new CopyOnWriteArrayList<>();

    void id(String number) {
        note(ids, "id ", number);
    }

    void value(String number) {
        note(values, "value ", number);
    }

    private void note(Set<String> seen, String what, String number) {
        if (!seen.add(number)) {
            twice.add(what + number);
        }
    }

    int ids() {
        return ids.size();
    }

    int values() {
        return values.size();
    }

    List<String> twice() {
        return List.copyOf(twice);
    }

    /** As {@link #twice}, and each is told once; what was seen stays seen. */
    List<String> takeTwice() {
        var taken = new ArrayList<>(twice);
        twice.removeAll(taken);
        return taken;
    }
}
