package com.tiredpixel.pgxl.agent.status.http;

/** What clients of the status port may send, as {@code FuzzTest} runs it. */
final class RequestFuzz {
    private RequestFuzz() {
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        RequestTest.describe(Request.parse(input, input.length, RequestTest.HERE), input.length);
    }
}
