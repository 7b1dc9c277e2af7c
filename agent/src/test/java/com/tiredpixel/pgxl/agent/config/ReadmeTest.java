package com.tiredpixel.pgxl.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReadmeTest {
    private static final String BEGIN = "<!-- settings: begin -->\n";
    private static final String END = "<!-- settings: end -->";

    @Test
    void theReadmeShowsExactlyTheSettingsThatThereAre() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        String shown = readme.substring(readme.indexOf(BEGIN) + BEGIN.length(), readme.indexOf(END));
        assertEquals(table(), shown);
    }

    private static String table() {
        StringBuilder table = new StringBuilder("| setting | default | allowed | meaning |\n|---|---|---|---|\n");
        for (Setting<?> setting : SettingsTable.ALL) {
            String standard = setting.standard().isEmpty() ? "unset" : "`" + setting.standard() + "`";
            table.append("| `").append(setting.name()).append("` | ").append(standard).append(" | ")
                    .append(setting.allowed()).append(" | ").append(setting.meaning()).append(" |\n");
        }
        return table.toString();
    }
}
