package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** {@code image/KUBERNETES.md}: its manifests against the published API, and what a pod does to a container, imitated. */
@OnStage
class KubernetesIT {

    private static final String PAGE = read(Places.IMAGE.resolve("KUBERNETES.md"));

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<JsonObject> manifests() {
        var found = new ArrayList<JsonObject>();
        var blocks = Pattern.compile("(?s)```yaml\n(.*?)```").matcher(PAGE);
        while (blocks.find()) {
            for (Object manifest : new Yaml().loadAll(blocks.group(1))) {
                found.add(new Gson().toJsonTree(manifest).getAsJsonObject());
            }
        }
        return found;
    }

    /** Strict: a field that the API does not have is an error, and so is one that is wanted and missing. */
    private static void validate(JsonObject manifest) throws IOException {
        switch (manifest.get("kind").getAsString()) {
            case "Namespace" -> V1Namespace.validateJsonElement(manifest);
            case "Service" -> V1Service.validateJsonElement(manifest);
            case "StatefulSet" -> V1StatefulSet.validateJsonElement(manifest);
            default -> throw new AssertionError("unexpected " + manifest);
        }
    }

    @Test
    void everyManifestIsWhatThePublishedApiKnows() throws IOException {
        List<String> kinds = new ArrayList<>();
        for (JsonObject manifest : manifests()) {
            validate(manifest);
            kinds.add(manifest.get("kind").getAsString() + " " + manifest.getAsJsonObject("metadata").get("name").getAsString());
        }
        assertEquals(List.of("Namespace pgxl", "Service nodes", "StatefulSet control", "StatefulSet data"), kinds);
    }

    /** The opposite: without it the check above would prove nothing. */
    @Test
    void aMisspeltFieldAnywhereInAManifestWouldBeFound() {
        for (String[] change : new String[][] {
            {"serviceName", "servicename"}, {"runAsNonRoot", "runAsNonroot"}, {"livenessProbe", "livenessprobe"},
            {"volumeClaimTemplates", "volumeClaims"}, {"sizeLimit", "size"}, {"accessModes", "accessMode"}}) {
            JsonObject data = manifests().get(3);
            JsonElement changed = new Gson().fromJson(data.toString().replace('"' + change[0] + '"', '"' + change[1] + '"'),
                    JsonElement.class);
            assertNotEquals(data, changed, change[0]);
            assertThrows(IllegalArgumentException.class, () -> validate(changed.getAsJsonObject()), change[1]);
        }
    }

    @Test
    void thePodsAreWhatTheImageAndTheAgentExpect() {
        for (JsonObject manifest : manifests().subList(2, 4)) {
            JsonObject pod = manifest.getAsJsonObject("spec").getAsJsonObject("template").getAsJsonObject("spec");
            JsonObject node = pod.getAsJsonArray("containers").get(0).getAsJsonObject();
            String stop = node.getAsJsonArray("env").get(0).getAsJsonObject().get("value").getAsString();
            assertTrue(pod.get("terminationGracePeriodSeconds").getAsInt() > Integer.parseInt(stop.replace("s", "")));
            assertEquals(false, pod.get("enableServiceLinks").getAsBoolean());
            String uid = pod.getAsJsonObject("securityContext").get("runAsUser").getAsString();
            assertTrue(read(Places.IMAGE.resolve("Dockerfile")).contains("POSTGRES_UID=" + uid));
            assertEquals(uid, pod.getAsJsonObject("securityContext").get("fsGroup").getAsString());
        }
    }

    private static String keysCommand() {
        return manifests().get(3).getAsJsonObject("spec").getAsJsonObject("template").getAsJsonObject("spec")
                .getAsJsonArray("initContainers").get(0).getAsJsonObject().getAsJsonArray("command").get(2).getAsString();
    }

    /** As kubelet makes it: of root and the group, files behind two links, open to the group; and here without newlines. */
    private static Path secret(Stage stage) {
        Path secret = stage.newDirectory("secret");
        Program.run(Await.LONG, List.of("bash", "-euc", "cd \"$0\"; mkdir ..2026; printf %s \"$(cat \"$1\".pub)\" >..2026/authorized_keys;"
                + " printf '*:*:*:postgres:pw' >..2026/pgpass; ln -s ..2026 ..data; ln -s ..data/authorized_keys ..data/pgpass .;"
                + " chmod 440 ..2026/*; chown -R 0:999 .; chmod 3777 .; chmod 2755 ..2026",
                secret.toString(), stage.key().toString())).orFail();
        return secret;
    }

    /** A volume as it is given to a pod with an fsGroup. */
    private static Path volume(Stage stage) {
        Path volume = stage.newDirectory("volume-of-a-pod");
        asFsGroupLeavesIt(volume);
        return volume;
    }

    private static void asFsGroupLeavesIt(Path volume) {
        Program.run(Await.LONG, List.of("bash", "-euc", "chgrp -R 999 \"$0\"; chmod -R g+rwX \"$0\"; find \"$0\" -type d"
                + " -exec chmod g+s {} +", volume.toString())).orFail();
    }

    /** The user and the group of the sandbox have the number 999. */
    private static Sandbox pod(Stage stage, String name, Path volume, String uid) {
        return stage.sandbox(name, volume).set("PGXL_HOME", Node.HOME)
                .bind(secret(stage), "/run/secrets/pgxl")
                .command("/bin/bash", "-euc", "echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start; exec setpriv --reuid " + uid
                        + " --regid " + (uid.equals("999") ? uid : "0") + " --groups 999 --bounding-set -all --no-new-privs bash -euc '" + keysCommand()
                        + "\nexec env PGXL_SSH_PORT=tcp://10.96.0.7:22 " + Sandbox.LAUNCHER + "'")
                .start();
    }

    @Test
    void aPodWithAnFsGroupSecretsAndVariablesOfServicesServesAndDoesSoAfterEachRestart(Stage stage) {
        Path volume = volume(stage);
        Sandbox sandbox = pod(stage, "first", volume, "999");
        sandbox.log().await("listening on .*port 22");
        sandbox.log().await("PGXL_SSH_PORT.*enableServiceLinks");
        var operator = new Operator(stage, sandbox);
        operator.make(Node.gtm());
        operator.start(Node.gtm());
        sandbox.log().awaitState(0, Node.gtm(), "RUNNING");
        assertEquals("2700 600 600", sandbox.exec("postgres",
                "cd ~/.ssh && echo $(stat -c %a . authorized_keys pgpass)").orFail().text());
        assertEquals(0, sandbox.stop(Await.LONG));

        asFsGroupLeavesIt(volume);
        Sandbox second = pod(stage, "second", volume, "999");
        second.log().awaitState(0, Node.gtm(), "RUNNING");
        new Operator(stage, second).ssh().run("true").orFail();
        assertEquals(0, second.stop(Await.LONG));
    }

    /** OpenShift's. PostgreSQL and ssh look their user up by name. */
    @Test
    void aUidWithoutANameIsToldOfInTheLog(Stage stage) {
        Path volume = stage.newDirectory("volume-of-a-uid");
        Program.run(Await.LONG, List.of("chown", "1000660000:0", volume.toString())).orFail();
        Sandbox sandbox = pod(stage, "random", volume, "1000660000");
        sandbox.log().await("runs as uid 1000660000 \\(no name\\) and not as PGXL_USER postgres");
    }
}
