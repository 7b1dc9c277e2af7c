package com.tiredpixel.pgxl.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What it costs to be asked. The limits are far above what is measured: the machine may be busy. */
@OnStage
class StatusCostIT {
    private static final int CALLS = 50;

    @Test
    void pgxlAnswersWithoutAWaitAndCostsLittle(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        var pgxl = new Pgxl(sandbox).await();
        Await.until(Await.LONG, "/ready", () -> pgxl.answers("/ready", 200));
        for (String verb : new String[] {"status", "health", "health live"}) {
            loop(sandbox, verb); // warm
            long before = agentTicks(sandbox);
            long millis = loop(sandbox, verb);
            long ticks = agentTicks(sandbox) - before;
            System.out.println("MEASURED pgxl " + verb + ": " + millis / CALLS + " ms a call, "
                    + ticks * 10 / (double) CALLS + " ms of the agent's CPU");
            assertTrue(millis / CALLS < 1000, millis + " ms for " + CALLS + " calls");
        }
        System.out.println("MEASURED the client's CPU: " + sandbox.exec("postgres", "time (for i in $(seq " + CALLS
                + "); do " + Pgxl.PATH + " health >/dev/null; done)").error().replace('\n', ' ') + " for " + CALLS);
    }

    @Test
    void anIdleAgentSleeps(Stage stage) {
        Cluster cluster = Cluster.start(stage);
        Sandbox sandbox = cluster.sandbox();
        new Pgxl(sandbox).await();
        Await.stays(Duration.ofSeconds(20), "it runs", sandbox::isRunning); // until threads that come and go have gone
        String[] before = switches(sandbox);
        Await.stays(Duration.ofSeconds(20), "it runs", sandbox::isRunning);
        String[] after = switches(sandbox);
        long all = 0;
        for (String thread : after) {
            long was = 0;
            for (String other : before) {
                was = other.startsWith(thread.substring(0, thread.lastIndexOf(' ') + 1))
                        ? Long.parseLong(other.substring(other.lastIndexOf(' ') + 1)) : was;
            }
            long count = Long.parseLong(thread.substring(thread.lastIndexOf(' ') + 1)) - was;
            all += count;
            if (count > 2) {
                System.out.println("MEASURED wakeups a second: " + thread + " " + count / 20.0);
            }
        }
        System.out.println("MEASURED wakeups a second, all threads: " + all / 20.0 + "; "
                + sandbox.exec("root", "grep -E 'Rss|Pss:|Anonymous' /proc/1/smaps_rollup").text().replace('\n', ' '));
        assertTrue(all / 20.0 < 30, all + " wakeups in 20 s");
    }

    private static long loop(Sandbox sandbox, String verb) {
        long start = System.nanoTime();
        sandbox.exec("postgres", "for i in $(seq " + CALLS + "); do " + Pgxl.PATH + " " + verb
                + " >/dev/null || exit; done").orFail();
        return (System.nanoTime() - start) / 1_000_000;
    }

    private static long agentTicks(Sandbox sandbox) {
        String[] fields = sandbox.exec("root", "cat /proc/1/stat").orFail().text().split("\\) ")[1].split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    private static String[] switches(Sandbox sandbox) {
        return sandbox.exec("root", "for t in /proc/1/task/*; do echo \"$(cat $t/comm | tr ' ' _) ${t##*/} "
                + "$(sed -n 's/^voluntary_ctxt_switches:\\s*//p' $t/status)\"; done").orFail().text().split("\n");
    }
}
