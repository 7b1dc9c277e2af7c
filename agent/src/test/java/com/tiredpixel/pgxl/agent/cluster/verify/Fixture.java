package com.tiredpixel.pgxl.agent.cluster.verify;

import com.tiredpixel.pgxl.agent.cluster.configuration.ClusterConfiguration;
import com.tiredpixel.pgxl.agent.cluster.configuration.Member;
import com.tiredpixel.pgxl.agent.cluster.configuration.Member.Kind;
import com.tiredpixel.pgxl.agent.cluster.view.MemberView;
import com.tiredpixel.pgxl.agent.cluster.view.MemberView.Agent;
import com.tiredpixel.pgxl.agent.cluster.view.MemberView.Database;
import com.tiredpixel.pgxl.agent.cluster.view.MemberView.Prepared;
import com.tiredpixel.pgxl.agent.cluster.view.MemberView.Standby;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** A cluster of all kinds of servers in which all agrees, and what may be changed in it. */
final class Fixture {
    static final String VERSION = "10.9 (Postgres-XL 10r1.1) with mends 1";

    static final Member GTM = new Member(Kind.GTM, "gtm", "hgtm", 6666, "/d/gtm");
    static final Member GTM_SLAVE = new Member(Kind.GTM_SLAVE, "gtm2", "hgtm2", 6666, "/d/gtm_slave");
    static final Member PROXY = new Member(Kind.GTM_PROXY, "proxy", "hdata2", 6667, "/d/proxy");
    static final Member COORD1 = new Member(Kind.COORDINATOR, "coord1", "hcoord1", 5432, "/d/coord1");
    static final Member COORD2 = new Member(Kind.COORDINATOR, "coord2", "hcoord2", 5432, "/d/coord2");
    static final Member DATA1 = new Member(Kind.DATANODE, "data1", "hdata1", 15432, "/d/data1");
    static final Member DATA1_SLAVE = new Member(Kind.DATANODE_SLAVE, "data1", "hdata1s", 15433, "/d/data1_slave");
    static final Member DATA2 = new Member(Kind.DATANODE, "data2", "hdata2", 15432, "/d/data2");

    private final Map<Member, MemberFacts> members = new LinkedHashMap<>();
    final Map<String, HostFacts> hosts = new TreeMap<>();
    final List<TableNodes> tables = new ArrayList<>();
    final List<String> silent = new ArrayList<>();
    final List<String> gone = new ArrayList<>();

    Fixture() {
        for (Member member : List.of(GTM, GTM_SLAVE, PROXY, COORD1, COORD2, DATA1, DATA2, DATA1_SLAVE)) {
            boolean slave = member.role().label().endsWith("slave");
            members.put(member, new MemberFacts(new MemberView(member,
                    Optional.of(new Agent("RUNNING", true, "", VERSION, 50, member == PROXY ? "hgtm:6666" : "")),
                    member.role().answersSql()
                            ? Optional.of(new Database(false, VERSION, 50_000, new Prepared(1, 9000), new Prepared(1, 2),
                                    member == DATA1 ? List.of(new Standby("data1", "streaming", "sync", 0,
                                            Optional.empty())) : List.of()))
                            : Optional.empty(), List.of()),
                    member.role().answersSql() ? Optional.of(sql(member)) : Optional.empty(),
                    member.role().answersSql() ? Optional.of("3") : Optional.empty()));
            HostFacts before = hosts.getOrDefault(member.host(), new HostFacts("id-" + member.host(), List.of()));
            var nodes = new ArrayList<>(before.nodes());
            nodes.add(new HostNode(member.name(), member.role().label().replace(" slave", ""),
                    member == PROXY ? "" : slave ? "slave" : "master", member.directory(), "RUNNING"));
            hosts.put(member.host(), new HostFacts(before.identity(), nodes));
        }
    }

    private static SqlFacts sql(Member member) {
        Map<String, String> settings = new TreeMap<>(Map.of(
                "max_prepared_transactions", "250", "max_connections", "100", "gtm_comm_timeout", "20",
                "gtm_host", member == DATA2 ? "localhost" : "hgtm", "gtm_port", member == DATA2 ? "6667" : "6666",
                "wal_level", "replica", "max_wal_senders", "10", "tcp_keepalives_idle", "10",
                "tcp_keepalives_interval", "3", "tcp_keepalives_count", "3"));
        settings.put("synchronous_standby_names", member == DATA1 ? "data1" : "");
        return new SqlFacts(List.of(new CatalogNode("coord1", "C", "hcoord1", 5432, false),
                new CatalogNode("coord2", "C", "hcoord2", 5432, false),
                new CatalogNode("data1", "D", "hdata1", 15432, true),
                new CatalogNode("data2", "D", "hdata2", 15432, false)),
                settings, Optional.of(new Clock(100, 100.1, 100.2)), List.of("postgres"));
    }

    Facts facts() {
        return new Facts(new ClusterConfiguration("postgres", List.copyOf(members.keySet())),
                List.copyOf(members.values()), hosts, tables, silent, gone);
    }

    Fixture agent(Member member, UnaryOperator<Agent> change) {
        return view(member, view -> new MemberView(member, view.agent().map(change), view.database(), view.unasked()));
    }

    Fixture database(Member member, UnaryOperator<Database> change) {
        return view(member, view -> new MemberView(member, view.agent(), view.database().map(change), view.unasked()));
    }

    Fixture view(Member member, UnaryOperator<MemberView> change) {
        members.computeIfPresent(member, (same, facts) -> new MemberFacts(
                change.apply(facts.view()), facts.sql(), facts.connectTimeout()));
        return this;
    }

    Fixture sql(Member member, UnaryOperator<SqlFacts> change) {
        members.computeIfPresent(member, (same, facts) -> new MemberFacts(
                facts.view(), facts.sql().map(change), facts.connectTimeout()));
        return this;
    }

    Fixture setting(Member member, String name, String value) {
        return sql(member, sql -> {
            Map<String, String> settings = new TreeMap<>(sql.settings());
            settings.put(name, value);
            return new SqlFacts(sql.nodes(), settings, sql.clock(), sql.databases());
        });
    }

    Fixture nodes(Member member, UnaryOperator<List<CatalogNode>> change) {
        return sql(member, sql -> new SqlFacts(
                change.apply(new ArrayList<>(sql.nodes())), sql.settings(), sql.clock(), sql.databases()));
    }

    Fixture connectTimeout(Member member, Optional<String> value) {
        members.computeIfPresent(member, (same, facts) -> new MemberFacts(facts.view(), facts.sql(), value));
        return this;
    }

    Fixture host(String host, String identity, HostNode... nodes) {
        hosts.put(host, new HostFacts(identity, List.of(nodes)));
        return this;
    }
}
