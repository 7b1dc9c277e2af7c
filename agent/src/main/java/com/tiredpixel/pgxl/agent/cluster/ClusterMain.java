package com.tiredpixel.pgxl.agent.cluster;

import com.tiredpixel.pgxl.agent.cluster.configuration.ClusterConfiguration;
import com.tiredpixel.pgxl.agent.cluster.configuration.ConfigurationFile;
import com.tiredpixel.pgxl.agent.cluster.verify.Verification;
import com.tiredpixel.pgxl.agent.cluster.verify.VerifyDocument;
import com.tiredpixel.pgxl.agent.cluster.verify.VerifyPage;
import com.tiredpixel.pgxl.agent.cluster.view.ClusterView;
import com.tiredpixel.pgxl.agent.cluster.view.StatusDocument;
import com.tiredpixel.pgxl.agent.cluster.view.StatusPage;
import com.tiredpixel.pgxl.agent.log.VisibleText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;

/** {@code pgxl cluster …}, in Control. */
public final class ClusterMain {
    private static final List<String> VERBS = List.of("status", "verify");
    /** Who looks at a page sees a partial one within 3 s. */
    private static final Duration QUICK = Duration.ofMillis(2500);
    private static final Duration PATIENT = Duration.ofSeconds(8);
    private static final int USAGE = 64;
    private static final int NO_CONFIGURATION = 66;
    private static final int INTERNAL = 70;

    private ClusterMain() {
    }

    /** @param words {@code status} or {@code verify}, and {@code --json} */
    public static void main(String[] words) {
        int code = INTERNAL;
        try {
            code = run(List.of(words), System.getenv());
        } catch (Throwable e) {
            e.printStackTrace();
        } finally {
            Runtime.getRuntime().halt(code);
        }
    }

    private static int run(List<String> words, Map<String, String> given) throws Exception {
        boolean json = words.contains("--json");
        if (words.isEmpty() || !VERBS.contains(words.get(0)) || words.size() > (json ? 2 : 1)) {
            return failed(USAGE, "cluster " + VisibleText.of(String.join(" ", words))
                    + ": allowed is pgxl cluster status [--json] [--watch], and pgxl cluster verify [--json]");
        }
        String home = given.getOrDefault("PGXL_HOME", "/var/lib/postgres");
        Path file = Path.of(home, "pgxc_ctl", "pgxc_ctl.conf");
        if (!Files.exists(file)) {
            return failed(NO_CONFIGURATION, "there is no " + file
                    + ": the cluster is seen from the Control container; init.sh writes the file there");
        }
        Map<String, String> environment = environment(given, home);
        ClusterConfiguration configuration;
        try {
            configuration = ConfigurationFile.read(file, environment);
        } catch (IllegalArgumentException e) {
            return failed(NO_CONFIGURATION, VisibleText.of(e.getMessage()));
        }
        boolean verifies = words.get(0).equals("verify");
        Asker asker = new Asker(
                configuration.user(), environment, Executors.newCachedThreadPool(), verifies ? PATIENT : QUICK);
        if (verifies) {
            Set<String> hosts = ConfigurationFile.everyHost(file, environment);
            Verification all = Verification.of(new VerifyGatherer(configuration, hosts, asker).look());
            return said(json ? VerifyDocument.of(all) : VerifyPage.of(all), all.code());
        }
        ClusterView view = new Gatherer(configuration, asker).look();
        return said(json ? StatusDocument.of(view) : StatusPage.of(view), view.verdict().code());
    }

    private static int said(String text, int code) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.out.write(bytes, 0, bytes.length);
        System.out.flush();
        return code;
    }

    /** Of the caller's only what the programs need: a PGHOSTADDR or BASH_ENV would lead them elsewhere. */
    private static Map<String, String> environment(Map<String, String> given, String home) {
        Map<String, String> environment = new HashMap<>();
        for (String name : List.of("PATH", "USER", "LOGNAME", "PGPASSFILE", "LD_LIBRARY_PATH")) {
            if (given.containsKey(name)) {
                environment.put(name, given.get(name));
            }
        }
        environment.put("HOME", home);
        environment.put("LC_ALL", "C.UTF-8");
        return environment;
    }

    private static int failed(int code, String sentence) {
        System.err.println("pgxl: " + sentence);
        return code;
    }
}
