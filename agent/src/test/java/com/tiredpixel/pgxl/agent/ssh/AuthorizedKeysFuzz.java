package com.tiredpixel.pgxl.agent.ssh;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/** A whole {@code authorized_keys}, asked for the key that its samples have, as {@code FuzzTest} runs it. */
final class AuthorizedKeysFuzz {
    private static final byte[] BLOB = Base64.getDecoder()
            .decode("AAAAC3NzaC1lZDI1NTE5AAAAIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH");

    private AuthorizedKeysFuzz() {
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        new AuthorizedKeys(new String(input, StandardCharsets.UTF_8)).find(BLOB, match -> {
            if (match.options().isEmpty() == match.problem().isEmpty()) {
                throw new AssertionError("either it can be obeyed or there is a reason why not: " + match);
            }
            match.options().ifPresent(options -> options.refusal(InetAddress.getLoopbackAddress(), Instant.EPOCH));
        });
        AuthorizedKeys.typeOf(input);
    }
}
