package com.tiredpixel.pgxl.agent.indoubt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name that a coordinator gives to a transaction when it commits on more than one node ({@code
 * GetImplicit2PCGID}). Whatever is prepared under another name is a user's own.
 *
 * @param text all of it
 * @param xid the transaction, the same on every node
 * @param coordinator name of the one that started it
 * @param participants {@code node_id} of everyone who was to prepare it, that coordinator too if it has written
 */
record Gid(String text, long xid, String coordinator, List<Integer> participants) {
    /** A name goes into a statement between quotes, so it holds none. */
    private static final Pattern FORM = Pattern.compile(
            "_\\$XC\\$([0-9]{1,10}):([^:'\\\\\\p{Cntrl}\\s]{1,63}):[TF]:([0-9]{1,4}):([0-9]{1,4})((?::-?[0-9]{1,10})+)");

    /**
     * @param text of {@code pg_prepared_xacts.gid}
     * @param transaction of the same row: a user may call his own what he likes
     */
    static Optional<Gid> parse(String text, long transaction) {
        Matcher form = FORM.matcher(text);
        if (!form.matches() || Long.parseLong(form.group(1)) != transaction) {
            return Optional.empty();
        }
        var participants = new ArrayList<Integer>();
        for (String id : form.group(5).substring(1).split(":")) {
            long number = Long.parseLong(id);
            if (number != (int) number) {
                return Optional.empty();
            }
            participants.add((int) number);
        }
        int said = Integer.parseInt(form.group(3)) + Integer.parseInt(form.group(4));
        return participants.size() == said && participants.stream().distinct().count() == said
                ? Optional.of(new Gid(text, transaction, form.group(2), List.copyOf(participants)))
                : Optional.empty();
    }
}
