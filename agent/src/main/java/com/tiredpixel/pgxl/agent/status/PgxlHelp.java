package com.tiredpixel.pgxl.agent.status;

import java.util.List;

/** What {@code pgxl help} prints, of the rows of its verbs. */
final class PgxlHelp {
    private static final int WIDTH = 27;

    private PgxlHelp() {
    }

    static String of(List<Verb> verbs) {
        var out = new StringBuilder("usage: pgxl VERB …\n\nAnybody may:\n");
        section(out, verbs, Verb.Who.ANYBODY);
        out.append("\nThe user of the servers and root may; NODE is a name or a directory, as status shows them:\n");
        section(out, verbs, Verb.Who.OWNER);
        return out.append("""

                Exit codes: 0 done; 1 refused, or not so; 64 usage; 66 unknown node or directory; 69 no agent answers;
                70 the agent failed; 75 still under way; 77 not permitted.
                """).toString();
    }

    private static void section(StringBuilder out, List<Verb> verbs, Verb.Who who) {
        for (Verb verb : verbs) {
            if (verb.who() == who && verb.isListed()) {
                String left = (verb.name() + " " + verb.arguments()).strip();
                for (String line : verb.help()) {
                    out.append("  ").append(left).append(" ".repeat(Math.max(0, WIDTH - left.length()))).append(' ')
                            .append(line).append('\n');
                    left = "";
                }
            }
        }
    }
}
