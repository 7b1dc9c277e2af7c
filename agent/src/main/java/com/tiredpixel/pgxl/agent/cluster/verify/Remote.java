package com.tiredpixel.pgxl.agent.cluster.verify;

import com.tiredpixel.pgxl.agent.cluster.configuration.Member;
import java.util.List;

/** Commands on the host of a server. */
final class Remote {
    /** Where it is in the image; not every session's PATH has it. */
    private static final String PGXL = "/usr/local/lib/pgxl-agent/bin/pgxl";

    private Remote() {
    }

    static Mend pgxl(String host, String... words) {
        return Mend.run("ssh", host, PGXL + " " + Command.of(words).text());
    }

    /** It stays down, also in the next container. */
    static Mend keepDown(String host, String directory) {
        String quoted = Command.of(directory).text();
        return Mend.run("ssh", host, PGXL + " hold " + quoted + " && " + PGXL + " stop " + quoted);
    }

    /** @param lines that postgresql.conf gets; of several assignments the last counts */
    static Mend setting(Member member, List<String> lines, boolean restart) {
        String file = Command.of(member.directory() + "/postgresql.conf").text();
        String directory = Command.of(member.directory()).text();
        return Mend.run("ssh", member.host(), "printf '%s\\n' " + new Command(lines).text() + " >>" + file + " && "
                + (restart ? PGXL + " restart " + directory : "pg_ctl reload -D " + directory));
    }
}
