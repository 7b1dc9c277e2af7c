package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people copy: every service of {@code compose.yaml} and {@code stack.yaml} is bounded, and sees what it needs. */
class ExamplesIT {

    private static String read(String file) throws IOException {
        return Files.readString(Places.IMAGE.resolve(file));
    }

    private static String services(String text) {
        return text.substring(text.indexOf("\nservices:\n"), text.indexOf("\nnetworks:\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"compose.yaml", "stack.yaml"})
    void everyServiceIsBoundedInLogMemoryAndProcesses(String file) throws IOException {
        String text = read(file);
        String common = text.substring(text.indexOf("x-node: &node"), text.indexOf("\nservices:\n"));
        for (String bound : List.of("logging: {driver: json-file, options: {max-size: 10m, max-file: \"5\"}}", "read_only: true",
                "cap_drop: [ALL]", "cap_add: [CHOWN, SETUID, SETGID, NET_BIND_SERVICE]")) {
            assertTrue(common.contains("\n  " + bound + "\n"), bound);
        }
        assertTrue(common.contains("pids: 2000, memory:") || common.contains("pids_limit: 2000\n  mem_limit:"));
        String services = services(text);
        long count = services.lines().filter(line -> line.matches("  [a-z0-9-]+:")).count();
        assertEquals(6, count);
        assertEquals(count, services.lines().filter("    <<: *node"::equals).count());
        assertEquals(0, services.lines().filter(line -> line.matches(".*(logging|pids|mem_limit|cap_add|privileged|resources).*")).count());
    }

    @Test
    void withComposeNoProgramGainsPrivileges() throws IOException {
        assertTrue(read("compose.yaml").contains("\n  security_opt: [\"no-new-privileges:true\"]\n"));
    }

    @Test
    void aCoordinatorIsPublishedOnThisMachineAloneAndAStackHasNoWayIn() throws IOException {
        List<String> ports = read("compose.yaml").lines().filter(line -> line.contains("ports:")).map(String::strip).toList();
        assertEquals(List.of("ports: [\"${PGXL_PUBLISH_ADDRESS:-127.0.0.1}:${PGXL_PUBLISH:-0}:5432\"]"), ports);
        assertFalse(read("stack.yaml").contains("ports:"));
        assertTrue(read("stack.yaml").contains("\n    internal: true\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"compose.yaml", "stack.yaml"})
    void onlyControlHasTheVolumeWithTheKeyToAll(String file) throws IOException {
        for (String service : services(read(file)).split("\n(?=  [a-z0-9-]+:\n)")) {
            if (service.startsWith("  control:")) {
                continue;
            }
            assertFalse(service.contains(" ssh,") || service.contains("\"ssh:") || service.contains("*ssh,"), service);
            String own = service.startsWith("  gtm") ? "ssh-gtm" : "ssh-databases";
            assertTrue(!service.startsWith("  ") || service.contains(own) && service.split("ssh-").length == 2, service);
        }
    }
}
