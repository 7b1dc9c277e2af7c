package com.tiredpixel.pgxl.agent.status.http;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What an {@link HttpServer} serves. Called by the loop's thread, which must not wait. */
public interface Site {

    /** @param head a request whose body has not come yet @return what it gets instead of an answer, if anything */
    Optional<Response> refusal(Request head);

    /** Never called for a request that is refused. */
    CompletableFuture<Response> answer(Request request);
}
