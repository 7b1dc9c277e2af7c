package com.tiredpixel.pgxl.agent.gtm;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.gtm.ControlCopies.Known;
import com.tiredpixel.pgxl.agent.node.GtmControl.Reading;
import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.node.ServerBuild;
import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import com.tiredpixel.pgxl.agent.os.DurableFile;
import com.tiredpixel.pgxl.agent.supervisor.NodeCommand;
import com.tiredpixel.pgxl.agent.supervisor.StartGuard;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Starts no GTM on a {@code gtm.control} that is empty, torn or too old; and none at all, without being told to, whose
 * servers lack the mends, once it has served: sessions that were open meanwhile would be told COMMIT and lose it.
 */
public final class GtmStartGuard implements StartGuard {
    private final Path state;
    private final Path home;
    private final Supplier<Optional<ServerBuild>> build;
    private final boolean waits;
    private final EventLog log;
    private final Clock clock;

    /**
     * @param state the agent's state directory
     * @param home the volume
     * @param build what the servers are; nothing while it is not known yet
     * @param waits whether a GTM of servers without the mends waits for the operator
     */
    public GtmStartGuard(
            Path state, Path home, Supplier<Optional<ServerBuild>> build, boolean waits, EventLog log, Clock clock) {
        this.state = state;
        this.home = home;
        this.build = build;
        this.waits = waits;
        this.log = log;
        this.clock = clock;
    }

    @Override
    public Verdict before(Start start) {
        var files = new ControlFiles(start.directory());
        if (start.role() != Role.GTM || files.isStandby()) {
            return new Verdict.Clear();
        }
        try {
            ControlCopies copies = copies(start.directory());
            Optional<Known> newest = copies.newest();
            ControlCheck.Facts facts = files.facts(newest.map(Known::control), start.databases());
            ControlCheck.Verdict verdict = ControlCheck.of(facts);
            if (verdict instanceof ControlCheck.Verdict.Bad bad) {
                return new Verdict.Blocked(new RepairAdvice(display(start.directory()), newest, facts.highest()).of(bad.why()));
            }
            if (verdict instanceof ControlCheck.Verdict.NewCluster) {
                Optional<Path> aside = copies.setAside(clock.instant());
                log.warn(start.subject(), "its gtm.control is as initgtm makes it: the copies of an earlier cluster, up to"
                        + " next_xid " + newest.map(known -> known.control().nextXid()).orElse(0L) + ", are now in "
                        + aside.map(Path::toString).orElse("?"));
                return new Verdict.Clear();
            }
            if (files.read() instanceof Reading.Whole whole && !whole.control().madeByInitgtm()
                    && newest.filter(known -> known.control().equals(whole.control())).isEmpty()) {
                // What GTM saved at its end, after the last look.
                copies.add(out -> ControlFiles.copy(files.control(), out), clock.instant());
            }
            return unmended(start, files, copies);
        } catch (IOException e) {
            // Without the copies GTM can still be right, and the cluster needs it.
            log.error(start.subject(), "its gtm.control cannot be compared with a copy: " + e);
            return new Verdict.Clear();
        }
    }

    private Verdict unmended(Start start, ControlFiles files, ControlCopies copies) throws IOException {
        if (!files.hasRun()
                || !(files.read() instanceof Reading.Whole whole)
                || whole.control().madeByInitgtm()) {
            return new Verdict.Clear();
        }
        Optional<ServerBuild> known = build.get();
        if (known.isEmpty()) {
            return new Verdict.NotYetKnown("whether the servers have the mends");
        }
        if (known.get().hasMends()) {
            return new Verdict.Clear();
        }
        if (waits && !start.ordered()) {
            return new Verdict.Blocked("the servers lack the mends: sessions that were open when GTM went down would be"
                    + " told COMMIT and lose it; restart every coordinator, then: pgxl start "
                    + display(start.directory()));
        }
        var raised = RaisedControl.forRestart(whole.control());
        replace(files, files.control(), raised);
        log.warn(start.subject(), "the servers lack the mends: GTM starts with raised ids, " + raised
                + "; sessions that are still open elsewhere lose what they commit");
        return new Verdict.Clear();
    }

    @Override
    public NodeCommand.Result repair(Start node, Repair repair) {
        if (node.role() != Role.GTM) {
            return new NodeCommand.Result.Refused("is no GTM");
        }
        try {
            return new ControlRepair(
                    new ControlFiles(node.directory()), copies(node.directory()),
                    ControlFiles.highest(node.databases()),
                    build.get().filter(ServerBuild::isNinePointFive).isPresent(), clock).carryOut(repair);
        } catch (IOException e) {
            return new NodeCommand.Result.Refused("is not repaired: " + e);
        }
    }

    /** Writes a file anew from a source that may be itself. */
    static java.util.List<String> replace(ControlFiles files, Path source, RaisedControl raised) throws IOException {
        var nearTheirEnd = new java.util.ArrayList<String>();
        DurableFile.write(files.control(), out -> {
            try (var input = BoundedFiles.system().stream(source)) {
                nearTheirEnd.addAll(raised.write(input, out));
            }
        });
        return nearTheirEnd;
    }

    private ControlCopies copies(Path directory) {
        return ControlCopies.of(state, home, directory);
    }

    private String display(Path directory) {
        return directory.startsWith(home) && !directory.equals(home)
                ? home.relativize(directory).toString()
                : directory.toString();
    }
}
