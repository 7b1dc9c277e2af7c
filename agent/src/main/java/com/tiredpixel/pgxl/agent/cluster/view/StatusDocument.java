package com.tiredpixel.pgxl.agent.cluster.view;

import com.tiredpixel.pgxl.agent.log.Json;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** {@code pgxl cluster status --json}. A field may be added, none changes. */
public final class StatusDocument {
    private StatusDocument() {
    }

    /** @return one line */
    public static String of(ClusterView cluster) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("verdict", cluster.verdict().name().toLowerCase(Locale.ROOT));
        all.put("members", cluster.members().stream().map(StatusDocument::member).toList());
        return Json.of(all) + "\n";
    }

    private static Map<String, Object> member(MemberView view) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("name", view.member().name());
        one.put("role", view.member().role().label());
        one.put("host", view.member().host());
        one.put("port", view.member().port());
        one.put("directory", view.member().directory());
        one.put("condition", view.condition().name().toLowerCase(Locale.ROOT));
        one.put("agent", view.agent().map(StatusDocument::agent).orElse(null));
        one.put("database", view.database().map(StatusDocument::database).orElse(null));
        one.put("notAsked", view.unasked());
        return one;
    }

    private static Map<String, Object> agent(MemberView.Agent agent) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("state", agent.state());
        one.put("ready", agent.ready());
        one.put("reason", agent.why());
        one.put("servers", agent.servers().isEmpty() ? null : agent.servers());
        one.put("diskPercent", agent.diskPercent() < 0 ? null : agent.diskPercent());
        one.put("gtm", agent.gtmTarget().isEmpty() ? null : agent.gtmTarget());
        return one;
    }

    private static Map<String, Object> database(MemberView.Database database) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("recovers", database.recovers());
        one.put("version", database.version());
        one.put("xidAge", database.xidAge());
        one.put("prepared", database.byUsers().count() + database.byCommits().count());
        one.put("oldestPrepared", Math.max(database.byUsers().oldest(), database.byCommits().oldest()));
        one.put("preparedByCommits", database.byCommits().count());
        one.put("oldestPreparedByCommits", database.byCommits().oldest());
        one.put("standbys", database.standbys().stream().map(standby -> {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("name", standby.name());
            each.put("state", standby.state());
            each.put("sync", standby.sync());
            each.put("lagBytes", standby.lagBytes());
            each.put("lagSeconds", standby.lagSeconds().orElse(null));
            return each;
        }).toList());
        return one;
    }
}
