package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What happens on a node moves the metrics that are about it. */
@OnStage
class MetricsIT {

    /** @return each series with its value; of a node's labels only its name and those that are not about the node */
    private static Map<String, Double> scrape(Pgxl pgxl) {
        Map<String, Double> series = new TreeMap<>();
        pgxl.get("/metrics").text().lines().filter(line -> line.matches("[a-z_]+(\\{.*})? [0-9.E+-]+")).forEach(line -> {
            String name = line.substring(0, line.lastIndexOf(' ')).replaceAll("(directory|role|kind)=\"[^\"]*\",?", "")
                    .replace(",}", "}");
            series.put(name, Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)));
        });
        return series;
    }

    private static void await(Pgxl pgxl, String name, double value) {
        Await.until(Await.LONG, name + " " + value, () -> Double.valueOf(value).equals(scrape(pgxl).get(name)));
    }

    private static double value(Pgxl pgxl, String name) {
        Map<String, Double> all = scrape(pgxl);
        assertTrue(all.containsKey(name), name + " in " + all);
        return all.get(name);
    }

    @Test
    void theLifeOfANodeShows(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Node node = Cluster.DATANODE;
        var pgxl = new Pgxl(cluster.sandbox()).await();
        String labels = "{node=\"" + node.name() + "\"";
        await(pgxl, "pgxl_node_ready" + labels + "}", 1);
        assertEquals(1, value(pgxl, "pgxl_node_up" + labels + "}"));
        assertEquals(1, value(pgxl, "pgxl_node_state" + labels + ",state=\"RUNNING\"}"));
        assertEquals(0, value(pgxl, "pgxl_node_restarts_total{cause=\"signaled\",node=\"data1\"}"));
        assertTrue(value(pgxl, "pgxl_node_time_to_ready_seconds" + labels + "}") > 0);
        assertTrue(value(pgxl, "pgxl_node_in_state_seconds" + labels + "}") >= 0);
        assertTrue(value(pgxl, "pgxl_node_probes_total" + labels + "}") > 0);
        double reaped = value(pgxl, "pgxl_children_reaped_total");

        int mark = cluster.sandbox().log().mark();
        cluster.operator().crash(node);
        cluster.sandbox().log().awaitState(mark, node, "RUNNING");
        await(pgxl, "pgxl_node_restarts_total{cause=\"signaled\",node=\"data1\"}", 1);
        assertEquals(1, value(pgxl, "pgxl_node_last_end{kind_of_end=\"signaled\",node=\"data1\"}"));
        assertTrue(value(pgxl, "pgxl_children_reaped_total") > reaped);

        pgxl.run("restart", node.name()).orFail();
        assertEquals(1, value(pgxl, "pgxl_node_restarts_total{cause=\"signaled\",node=\"data1\"}"), "that was no crash");

        pgxl.run("hold", node.name()).orFail();
        await(pgxl, "pgxl_node_held" + labels + "}", 1);
        pgxl.run("stop", node.name(), "--mode", "immediate").orFail();
        await(pgxl, "pgxl_node_up" + labels + "}", 0);
        assertEquals(1, value(pgxl, "pgxl_node_state" + labels + ",state=\"HELD\"}"));
        assertEquals(0, value(pgxl, "pgxl_node_ready" + labels + "}"));
        assertTrue(value(pgxl, "pgxl_node_last_stop_seconds{mode=\"immediate\",node=\"data1\"}") >= 0);
        assertEquals(1, value(pgxl, "pgxl_node_last_end{kind_of_end=\"stopped\",node=\"data1\"}"));
        assertEquals(0, value(pgxl, "pgxl_node_crash_loop" + labels + "}"));
        assertEquals(0, value(pgxl, "pgxl_node_full" + labels + "}"));
    }

    @Test
    void whoComesBySshAndWhatHeDoesShows(Stage stage) throws Exception {
        Sandbox sandbox = stage.sandbox("empty").start();
        var pgxl = new Pgxl(sandbox).await();
        Ssh ssh = new Ssh(stage, sandbox).awaitLogin();
        Map<String, Double> before = scrape(pgxl);
        ssh.run("true").orFail();
        ssh.run("exit 7");
        ssh.run("kill -9 $$");
        ssh.run("(setsid true &) ; head -c 100000 /dev/zero").orFail();
        Path key = stage.directory().resolve("stranger");
        Program.run(Await.LONG, List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString())).orFail();
        assertEquals(255, new Ssh(stage, sandbox, key).run("true").code());
        Map<String, Double> least = Map.of(
                "pgxl_ssh_connections_total", 5.0, "pgxl_ssh_logins_total", 4.0,
                "pgxl_ssh_authentication_failures_total", 1.0, "pgxl_ssh_commands_total{exit=\"zero\"}", 2.0,
                "pgxl_ssh_commands_total{exit=\"nonzero\"}", 1.0, "pgxl_ssh_commands_total{exit=\"signal\"}", 1.0,
                "pgxl_ssh_bytes_total{direction=\"out\"}", 100_000.0, "pgxl_orphans_reaped_total", 1.0);
        for (var metric : least.entrySet()) {
            Await.until(Await.LONG, metric + " more", () ->
                    value(pgxl, metric.getKey()) - before.get(metric.getKey()) >= metric.getValue());
        }
        Await.until(Await.LONG, "no connection left", () -> value(pgxl, "pgxl_ssh_connections_open") == 0);
        ssh.start("sleep 300");
        await(pgxl, "pgxl_ssh_commands_running", 1);
        await(pgxl, "pgxl_ssh_connections_open", 1);
    }

    @Test
    void whatTheAgentItselfUsesIsWhatTheKernelSays(Stage stage) {
        Sandbox sandbox = stage.sandbox("empty").start();
        var pgxl = new Pgxl(sandbox).await();
        double resident = Double.parseDouble(
                sandbox.exec("root", "awk '/^VmRSS/{print $2}' /proc/1/status").orFail().text()) * 1024;
        assertEquals(1, value(pgxl, "process_resident_memory_bytes") / resident, 0.2);
        assertEquals(1, value(pgxl, "process_threads")
                / Double.parseDouble(sandbox.exec("root", "ls /proc/1/task | wc -l").text()), 0.3);
        assertEquals(1, value(pgxl, "process_open_fds")
                / Double.parseDouble(sandbox.exec("root", "ls /proc/1/fd | wc -l").text()), 0.3);
        assertTrue(value(pgxl, "process_max_fds") >= 1024);
        assertTrue(value(pgxl, "process_cpu_seconds_total") > 0);
        assertTrue(value(pgxl, "pgxl_agent_uptime_seconds") > 0);
        assertEquals(0, value(pgxl, "pgxl_zombies"));
        assertEquals(0, value(pgxl, "pgxl_contradictions"));
        assertTrue(scrape(pgxl).keySet().stream().anyMatch(name -> name.startsWith("pgxl_agent_build{version=\"")));
    }
}
