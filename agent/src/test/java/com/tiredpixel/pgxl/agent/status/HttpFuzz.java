package com.tiredpixel.pgxl.agent.status;

import java.util.List;

/** What clients of the status port and servers that are probed may send, as {@code FuzzTest} runs it. */
final class HttpFuzz {
    private HttpFuzz() {
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        HostileBytesTest.describe(Request.parse(input, input.length, HostileBytesTest.HERE), input.length);
        for (Dialogue dialogue : List.of(new PostgresDialogue("postgres"), new GtmDialogue())) {
            dialogue.verdict(input, input.length).ifPresent(HostileBytesTest::describe);
        }
    }
}
