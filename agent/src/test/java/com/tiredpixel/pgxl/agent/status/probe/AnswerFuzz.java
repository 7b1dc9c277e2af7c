package com.tiredpixel.pgxl.agent.status.probe;

import java.util.List;

/** What servers that are probed may answer, as {@code FuzzTest} runs it. */
final class AnswerFuzz {
    private AnswerFuzz() {
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        for (ProbeProtocol protocol : List.of(new PostgresProtocol("postgres"), new GtmProtocol())) {
            protocol.result(input, input.length).ifPresent(AnswerTest::describe);
        }
    }
}
