package com.tiredpixel.pgxl.agent;

import com.tiredpixel.pgxl.agent.config.Settings;
import com.tiredpixel.pgxl.agent.node.Finding;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.status.Explain;
import com.tiredpixel.pgxl.agent.supervisor.HoldMarks;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/** {@code pgxl-agent --explain DIR}: what an agent would make of a volume. Reads, and nothing else. */
final class DryRun {
    private DryRun() {
    }

    /** @return clean if nothing contradicts itself */
    static ExitCode explain(Settings settings, Path volume, PrintStream out) {
        Path home;
        try {
            home = volume.toRealPath();
        } catch (IOException e) {
            System.err.println("pgxl-agent: cannot follow " + volume + ": " + e);
            return ExitCode.SYSTEM;
        }
        VolumeScan scan = VolumeScan.scan(
                home, settings.scanDepth(), VolumeScan.ENTRIES_BOUND, settings.role().flatMap(Role::labelled));
        boolean elsewhere = !settings.stateDirectory().startsWith(settings.home());
        Path state = elsewhere
                ? settings.stateDirectory()
                : home.resolve(settings.home().relativize(settings.stateDirectory()));
        var holds = new HoldMarks(state.resolve("held"), home);
        out.print(new Explain(home, settings.scanDepth(), settings.prefix(), holds).dryRun(scan));
        return scan.findings().stream().anyMatch(Finding.Contradiction.class::isInstance)
                ? ExitCode.NOT_CLEAN
                : ExitCode.CLEAN;
    }
}
