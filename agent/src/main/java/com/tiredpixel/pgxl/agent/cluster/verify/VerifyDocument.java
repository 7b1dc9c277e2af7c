package com.tiredpixel.pgxl.agent.cluster.verify;

import com.tiredpixel.pgxl.agent.log.Json;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** {@code pgxl cluster verify --json}. A field may be added, none changes. */
public final class VerifyDocument {
    private VerifyDocument() {
    }

    /** @return one line */
    public static String of(Verification verification) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("servers", verification.servers());
        all.put("errors", verification.count(Severity.ERROR));
        all.put("warnings", verification.count(Severity.WARNING));
        all.put("findings", verification.findings().stream().map(VerifyDocument::finding).toList());
        all.put("notAsked", verification.unasked());
        all.put("gone", verification.gone());
        return Json.of(all) + "\n";
    }

    private static Map<String, Object> finding(Finding finding) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("severity", finding.severity().name().toLowerCase(Locale.ROOT));
        one.put("check", finding.check());
        one.put("where", finding.where());
        one.put("what", finding.what());
        one.put("follows", finding.follows());
        one.put("command", finding.mend() instanceof Mend.Run run ? run.text() : null);
        one.put("advice", finding.mend() instanceof Mend.Advice advice ? advice.sentence() : null);
        return one;
    }
}
