package com.tiredpixel.pgxl.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HelpTest {

    @Test
    void namesEverySettingWithItsDefaultAndWhatIsAllowed() {
        String help = Help.text();
        String flat = help.replaceAll("\\s+", " ");

        for (Setting<?> setting : SettingsTable.ALL) {
            String standard = setting.standard().isEmpty() ? "unset" : setting.standard();
            assertTrue(flat.contains(setting.name() + " (" + standard + ") " + setting.meaning()), setting.name());
            assertTrue(flat.contains("allowed: " + setting.allowed()), setting.name());
        }
    }

    @Test
    void fitsATerminal() {
        assertTrue(Help.text().lines().allMatch(line -> line.length() <= 100));
    }

    @Test
    void theRolesAreThoseOfTheNodeRoom() {
        assertEquals(
                Arrays.stream(Role.values()).map(Role::label).sorted().toList(),
                SettingsTable.ROLES.stream().sorted().toList());
    }
}
