package com.tiredpixel.pgxl.agent.config;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The environment, a line for each variable, as {@code FuzzTest} runs it. */
final class SettingsFuzz {
    private SettingsFuzz() {
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        Map<String, String> environment = new HashMap<>();
        for (String line : new String(input, StandardCharsets.UTF_8).split("\n")) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                environment.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        if (Settings.read(environment) instanceof Settings.Reading.Invalid invalid) {
            for (String error : invalid.errors()) {
                if (error.chars().anyMatch(c -> c < ' ')) {
                    throw new AssertionError("an error of more than one line: " + error);
                }
            }
        }
    }
}
