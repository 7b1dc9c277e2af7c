package com.tiredpixel.pgxl.agent.cluster.verify;

import com.tiredpixel.pgxl.agent.cluster.configuration.ClusterConfiguration;
import com.tiredpixel.pgxl.agent.cluster.configuration.Member;
import com.tiredpixel.pgxl.agent.cluster.configuration.Member.Kind;
import com.tiredpixel.pgxl.agent.cluster.view.MemberView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * All that was asked.
 *
 * @param configuration what pgxc_ctl.conf says
 * @param members what is known of each server
 * @param hosts by name, those that answered, also those that the file named once
 * @param tables that are not on all datanodes
 * @param silent what else could not be asked, and why
 * @param gone hosts that the file named once, and whose names are not known any more
 */
public record Facts(
        ClusterConfiguration configuration, List<MemberFacts> members, Map<String, HostFacts> hosts,
        List<TableNodes> tables, List<String> silent, List<String> gone) {

    /** @return those that answer SQL and did */
    Stream<MemberFacts> answering() {
        return members.stream().filter(one -> one.sql().isPresent());
    }

    Stream<Member> configured(Kind... kinds) {
        return configuration.members().stream().filter(member -> List.of(kinds).contains(member.role()));
    }

    /** In one session: a new one knows the altered nodes from its start, and its pgxc_pool_reload() finds none altered. */
    Mend sql(Member member, String... statements) {
        return new Mend.Run(List.of(sqlIn("postgres", member, statements)));
    }

    Command sqlIn(String database, Member member, String... statements) {
        List<String> words = new ArrayList<>(List.of("psql", "-h", member.host(), "-p", Integer.toString(member.port()),
                "-U", configuration.user(),
                // A name with = in it would be a connection string.
                "-d", database.contains("=") ? "dbname=" + quoted(database) : database));
        Stream.of(statements).forEach(statement -> words.addAll(List.of("-c", statement)));
        return new Command(words);
    }

    private static String quoted(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    /** @return what could not be asked, so that its checks say nothing */
    public List<String> unasked() {
        List<String> all = new ArrayList<>();
        for (MemberFacts one : members) {
            one.view().unasked().forEach(what -> all.add(one.where() + ": " + what));
            one.sql().ifPresent(sql -> {
                miss(all, one, sql.nodes().isEmpty(), "its pgxc_node");
                miss(all, one, sql.settings().isEmpty(), "its settings");
                miss(all, one, sql.clock().isEmpty(), "its clock");
            });
            one.view().agent().ifPresent(agent -> {
                miss(all, one, agent.diskPercent() < 0, "room on its disk");
                miss(all, one, one.member().role() == Kind.GTM_PROXY && agent.gtmTarget().isEmpty(),
                        "gtm_host in its gtm_proxy.conf");
                miss(all, one, one.member().role().answersSql() && isRunning(agent) && one.connectTimeout().isEmpty(),
                        "the environment of its process");
            });
        }
        all.addAll(silent);
        return List.copyOf(all);
    }

    private static boolean isRunning(MemberView.Agent agent) {
        return agent.state().equals("RUNNING");
    }

    private static void miss(List<String> all, MemberFacts one, boolean missing, String what) {
        if (missing) {
            all.add(one.where() + ": " + what);
        }
    }
}
