package com.tiredpixel.pgxl.agent.cluster;

import com.tiredpixel.pgxl.agent.cluster.Asker.Answer;
import com.tiredpixel.pgxl.agent.cluster.configuration.ClusterConfiguration;
import com.tiredpixel.pgxl.agent.cluster.configuration.Member;
import com.tiredpixel.pgxl.agent.cluster.configuration.Member.Kind;
import com.tiredpixel.pgxl.agent.cluster.verify.Facts;
import com.tiredpixel.pgxl.agent.cluster.verify.HostFacts;
import com.tiredpixel.pgxl.agent.cluster.verify.MemberFacts;
import com.tiredpixel.pgxl.agent.cluster.verify.SqlFacts;
import com.tiredpixel.pgxl.agent.cluster.verify.TableNodes;
import com.tiredpixel.pgxl.agent.cluster.view.MemberView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** Asks all servers at once what must agree, also the hosts that pgxc_ctl.conf named once; then a coordinator for tables. */
final class VerifyGatherer {
    private static final int MOST_DATABASES = 20;

    private final ClusterConfiguration configuration;
    private final Set<String> formerHosts;
    private final Asker asker;

    /** @param everHosts that pgxc_ctl.conf names or named */
    VerifyGatherer(ClusterConfiguration configuration, Set<String> everHosts, Asker asker) {
        this.configuration = configuration;
        this.formerHosts = new TreeSet<>(everHosts);
        configuration.members().forEach(member -> formerHosts.remove(member.host()));
        this.asker = asker;
    }

    private record Told(MemberView.Agent agent, HostFacts host, Optional<String> connectTimeout) {
    }

    private record Said(MemberView.Database database, SqlFacts facts) {
    }

    private record Asked(MemberFacts facts, Optional<HostFacts> host) {
    }

    Facts look() {
        Map<String, CompletableFuture<Answer<HostFacts>>> former = new LinkedHashMap<>();
        formerHosts.forEach(host -> former.put(host,
                asker.later(() -> asker.ssh(host, Questions.host(), VerifyAnswers::host))));
        List<Asked> all = configuration.members().stream().map(this::begin).toList().stream()
                .map(CompletableFuture::join).toList();
        Map<String, HostFacts> hosts = new LinkedHashMap<>();
        all.forEach(one -> one.host().ifPresent(host -> hosts.put(one.facts().view().member().host(), host)));
        List<String> silent = new ArrayList<>();
        List<String> gone = new ArrayList<>();
        former.forEach((host, asked) -> {
            Answer<HostFacts> answer = asked.join();
            answer.value().ifPresent(found -> hosts.put(host, found));
            if (isUnknownName(answer.why())) {
                gone.add(host);
            } else if (!answer.why().isEmpty()) {
                silent.add("host " + host + ", which pgxc_ctl.conf named once: agent: " + answer.why());
            }
        });
        List<MemberFacts> members = all.stream().map(Asked::facts).toList();
        return new Facts(configuration, members, hosts, tables(members, silent), List.copyOf(silent), List.copyOf(gone));
    }

    /** Docker forgets the name of a container that does not run. */
    private static boolean isUnknownName(String why) {
        return why.contains("Could not resolve hostname") && (why.contains("Name or service not known")
                || why.contains("No address associated with hostname"));
    }

    private CompletableFuture<Asked> begin(Member member) {
        var agent = asker.later(() -> asker.ssh(member.host(), Questions.verify(member),
                text -> new Told(Answers.agent(text, member.directory()), VerifyAnswers.host(text),
                        VerifyAnswers.connectTimeout(text))));
        var sql = member.role().answersSql()
                ? asker.later(() -> asker.sql(member, "postgres", Questions.VERIFY,
                        text -> new Said(Answers.database(text), VerifyAnswers.sql(text))))
                : CompletableFuture.completedFuture(Answer.<Said>none());
        return agent.thenCombine(sql, (left, right) -> new Asked(
                new MemberFacts(Asker.view(member, left.map(Told::agent), right.map(Said::database)),
                        right.value().map(Said::facts), left.value().flatMap(Told::connectTimeout)),
                left.value().map(Told::host)));
    }

    /** pgxc_class is in each database, and the same on all coordinators. */
    private List<TableNodes> tables(List<MemberFacts> members, List<String> silent) {
        Optional<MemberFacts> coordinator = members.stream()
                .filter(one -> one.view().member().role() == Kind.COORDINATOR && one.sql().isPresent()).findFirst();
        if (coordinator.isEmpty()) {
            silent.add("tables: no coordinator answers");
            return List.of();
        }
        List<String> databases = coordinator.get().sql().get().databases();
        if (databases.isEmpty() || databases.size() > MOST_DATABASES) {
            silent.add("tables: in " + (databases.isEmpty() ? "any database"
                    : databases.size() - MOST_DATABASES + " of " + databases.size() + " databases"));
        }
        Map<String, CompletableFuture<Answer<List<TableNodes>>>> asked = new LinkedHashMap<>();
        databases.stream().limit(MOST_DATABASES).forEach(database -> asked.put(database, asker.later(() -> asker.sql(
                coordinator.get().view().member(), database, Questions.TABLES,
                text -> VerifyAnswers.tables(database, text)))));
        List<TableNodes> tables = new ArrayList<>();
        asked.forEach((database, later) -> {
            Answer<List<TableNodes>> answer = later.join();
            answer.value().ifPresent(tables::addAll);
            if (!answer.why().isEmpty()) {
                silent.add("tables: in database " + database + ": " + answer.why());
            }
        });
        return List.copyOf(tables);
    }
}
