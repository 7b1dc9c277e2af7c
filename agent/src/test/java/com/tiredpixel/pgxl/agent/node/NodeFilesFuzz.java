package com.tiredpixel.pgxl.agent.node;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Pid files, options files, configurations and command lines, as {@code FuzzTest} runs it. */
final class NodeFilesFuzz {
    private NodeFilesFuzz() {
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        ParsersNeverThrowTest.describe(PidFile.parsePostmaster(text));
        ParsersNeverThrowTest.describe(PidFile.parseGtm(text));
        for (Program program : Program.values()) {
            ParsersNeverThrowTest.describe(OptionsFile.parse(program, text));
        }
        PostgresConfiguration.parse(text, text);
        GtmConfiguration.parse(text);
        GtmControlTest.parse(text);
        ParsersNeverThrowTest.commandLine(Arrays.asList(text.split("\n", -1)));
    }
}
