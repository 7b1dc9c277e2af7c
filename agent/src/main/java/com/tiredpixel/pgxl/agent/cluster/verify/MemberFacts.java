package com.tiredpixel.pgxl.agent.cluster.verify;

import com.tiredpixel.pgxl.agent.cluster.configuration.Member;
import com.tiredpixel.pgxl.agent.cluster.view.MemberView;
import java.util.Optional;

/**
 * What is known of one server.
 *
 * @param view as {@code pgxl cluster status} shows it
 * @param sql what it says itself, if it answers SQL
 * @param connectTimeout PGCONNECT_TIMEOUT in the environment of its process: empty text if it is not there, nothing
 *     if the environment could not be read
 */
public record MemberFacts(MemberView view, Optional<SqlFacts> sql, Optional<String> connectTimeout) {

    Member member() {
        return view.member();
    }

    /** @return as findings name it */
    String where() {
        return member().role().label() + " " + member().name() + " at " + member().host() + ":" + member().port();
    }
}
