package com.tiredpixel.pgxl.agent.cluster.verify;

import java.util.List;

/**
 * What came of all checks.
 *
 * @param servers how many pgxc_ctl.conf names
 * @param findings errors first
 * @param unasked what could not be asked
 * @param gone hosts that pgxc_ctl.conf named once and nobody knows any more
 */
public record Verification(int servers, List<Finding> findings, List<String> unasked, List<String> gone) {
    private static final List<Check> CHECKS = List.of(
            new RoleCheck(), new StrangerCheck(), new CatalogCheck(), new GtmCheck(), new StandbyCheck(),
            new MeasureCheck(), new VersionCheck(), new SettingCheck(), new PrimaryCheck(), new TableCheck());

    /** @return what all checks find */
    public static Verification of(Facts facts) {
        List<Finding> findings = CHECKS.stream().flatMap(check -> check.findings(facts).stream())
                .sorted((one, other) -> one.severity().compareTo(other.severity())).toList();
        return new Verification(facts.configuration().members().size(), findings, facts.unasked(), facts.gone());
    }

    /** @return how many are so bad */
    public long count(Severity severity) {
        return findings.stream().filter(finding -> finding.severity() == severity).count();
    }

    /** @return the exit code: 1 with an error or without any server, 2 with warnings or what could not be asked, else 0 */
    public int code() {
        if (servers == 0 || count(Severity.ERROR) > 0) {
            return 1;
        }
        return findings.isEmpty() && unasked.isEmpty() ? 0 : 2;
    }
}
