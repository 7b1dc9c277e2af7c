package com.tiredpixel.pgxl.agent.cluster;

import com.tiredpixel.pgxl.agent.cluster.Asker.Answer;
import com.tiredpixel.pgxl.agent.cluster.configuration.ClusterConfiguration;
import com.tiredpixel.pgxl.agent.cluster.configuration.Member;
import com.tiredpixel.pgxl.agent.cluster.view.ClusterView;
import com.tiredpixel.pgxl.agent.cluster.view.MemberView;
import java.util.concurrent.CompletableFuture;

/** Asks all servers at once what {@code pgxl cluster status} shows. */
final class Gatherer {
    private final ClusterConfiguration configuration;
    private final Asker asker;

    Gatherer(ClusterConfiguration configuration, Asker asker) {
        this.configuration = configuration;
        this.asker = asker;
    }

    ClusterView look() {
        return new ClusterView(configuration.members().stream().map(this::begin).toList().stream()
                .map(CompletableFuture::join).toList());
    }

    private CompletableFuture<MemberView> begin(Member member) {
        var agent = asker.later(() -> asker.ssh(member.host(), Questions.status(member),
                text -> Answers.agent(text, member.directory())));
        var database = member.role().answersSql()
                ? asker.later(() -> asker.sql(member, "postgres", Questions.STATUS, Answers::database))
                : CompletableFuture.completedFuture(Answer.<MemberView.Database>none());
        return agent.thenCombine(database, (left, right) -> Asker.view(member, left, right));
    }
}
