package com.tiredpixel.pgxl.agent.gtm;

import com.tiredpixel.pgxl.agent.gtm.ControlCheck.HighestXid;
import com.tiredpixel.pgxl.agent.gtm.ControlCopies.Known;
import com.tiredpixel.pgxl.agent.node.GtmControl;
import com.tiredpixel.pgxl.agent.node.GtmControl.Reading;
import com.tiredpixel.pgxl.agent.node.Xids;
import com.tiredpixel.pgxl.agent.os.DurableFile;
import com.tiredpixel.pgxl.agent.supervisor.NodeCommand.Result;
import com.tiredpixel.pgxl.agent.supervisor.StartGuard.Repair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/** Writes a {@code gtm.control} on which a GTM can start, and keeps the old one. */
final class ControlRepair {
    /** In so long a cluster may use up a good part of what a repair leaves unused. */
    private static final Duration OLD = Duration.ofMinutes(5);

    /** A quarter of all transaction ids: beyond it a typing error is likelier. */
    private static final long FAR = 1L << 30;

    private static final String ASK = "take the highest of pg_controldata's NextXID of all coordinators and datanodes"
            + " and say it with --xid";

    private final ControlFiles files;
    private final ControlCopies copies;
    private final Optional<HighestXid> highest;
    private final boolean ninePointFive;
    private final Clock clock;

    ControlRepair(
            ControlFiles files, ControlCopies copies, Optional<HighestXid> highest, boolean ninePointFive, Clock clock) {
        this.files = files;
        this.copies = copies;
        this.highest = highest;
        this.ninePointFive = ninePointFive;
        this.clock = clock;
    }

    /**
     * What the new file is made of.
     *
     * @param path where it is
     * @param control what is in it
     * @param name of it, for the operator
     * @param isCopy whether it is one
     */
    private record Base(Path path, GtmControl control, String name, boolean isCopy) {
    }

    Result carryOut(Repair repair) throws IOException {
        Optional<Known> newest = copies.newest();
        Optional<GtmControl> file = files.read() instanceof Reading.Whole whole
                ? Optional.of(whole.control())
                : Optional.empty();
        if (repair.trustFile()) {
            return trust(file);
        }
        if (repair.highestXid().isPresent()) {
            Optional<String> wrong = wrong(repair.highestXid().getAsLong(), newest);
            if (wrong.isPresent()) {
                return new Result.Refused(wrong.get());
            }
        }
        Optional<Base> base = base(file, newest);
        if (repair.highestXid().isEmpty()) {
            if (base.isEmpty()) {
                return new Result.Refused("has neither a whole gtm.control nor a copy of one; " + ASK);
            }
            Optional<String> tooOld = newest.filter(copy -> base.get().isCopy()).flatMap(this::tooOld);
            if (tooOld.isPresent()) {
                return new Result.Refused(tooOld.get());
            }
        }
        return write(base, repair.highestXid());
    }

    private Result trust(Optional<GtmControl> file) throws IOException {
        if (file.isEmpty()) {
            return new Result.Refused("has no whole gtm.control that could be trusted");
        }
        Optional<Path> aside = copies.setAside(clock.instant());
        return new Result.Done("may start on its gtm.control as it is, next_xid " + file.get().nextXid()
                + aside.map(path -> "; the copies are now in " + path).orElse(""));
    }

    private Optional<String> wrong(long xid, Optional<Known> newest) {
        if (highest.isPresent() && Xids.distance(xid, highest.get().xid()) > 0) {
            return Optional.of("is not repaired: --xid " + xid + " is lower than " + highest.get().xid()
                    + ", the NextXID of " + highest.get().directory());
        }
        return newest.map(known -> known.control().nextXid())
                .filter(known -> Math.abs(Xids.distance(known, xid)) > FAR)
                .map(known -> "is not repaired: --xid " + xid + " is more than " + FAR + " away from " + known
                        + ", the next_xid of the newest copy");
    }

    /** The later of the two; a file that is torn, or older than the copy, is the reason for the repair. */
    private Optional<Base> base(Optional<GtmControl> file, Optional<Known> newest) {
        Optional<Base> copy = newest.map(known -> new Base(
                known.copy().file(), known.control(), "the copy of " + known.copy().madeAt(), true));
        return file
                .filter(control -> newest.filter(known -> ControlCheck.isBehind(control, known.control())
                        || control.sequences() < known.control().sequences()).isEmpty())
                .map(control -> new Base(files.control(), control, "gtm.control itself", false))
                .or(() -> copy);
    }

    private Optional<String> tooOld(Known newest) {
        Instant changed = files.changedAt().orElseGet(clock::instant);
        Duration gap = Duration.between(newest.copy().madeAt(), changed);
        return gap.compareTo(OLD) <= 0 ? Optional.empty() : Optional.of("is not repaired: the newest copy is "
                + gap.toSeconds() + " s older than gtm.control, so nobody here knows the last transaction id; " + ASK);
    }

    private Result write(Optional<Base> base, OptionalLong asked) throws IOException {
        LongStream known = LongStream.concat(
                LongStream.concat(asked.stream(), highest.stream().mapToLong(HighestXid::xid)),
                base.stream().mapToLong(from -> from.control().nextXid()));
        long last = known.reduce(Xids::later).orElseThrow();
        RaisedControl raised = base
                .map(from -> RaisedControl.forRepair(from.control(), last))
                .orElseGet(() -> RaisedControl.fromNothing(last, ninePointFive));
        Optional<Path> old = keepOld();
        List<String> nearTheirEnd;
        if (base.isPresent()) {
            nearTheirEnd = GtmStartGuard.replace(files, base.get().path(), raised);
        } else {
            nearTheirEnd = List.of();
            DurableFile.write(files.control(), out -> raised.write(java.io.InputStream.nullInputStream(), out));
        }
        copies.add(out -> ControlFiles.copy(files.control(), out), clock.instant());
        return new Result.Done("its gtm.control is written anew from "
                + base.map(Base::name).orElse("--xid alone, without any sequence") + ": " + raised
                + base.map(from -> ", " + from.control().sequences() + " sequences").orElse("")
                + (nearTheirEnd.isEmpty() ? "" : "; near their end, so set half-way to it: "
                        + String.join(" ", nearTheirEnd))
                + old.map(path -> "; the old one is kept as " + path).orElse(""));
    }

    private Optional<Path> keepOld() throws IOException {
        if (!Files.isRegularFile(files.control())) {
            return Optional.empty();
        }
        String name = "gtm.control.before-" + DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'")
                .withZone(ZoneOffset.UTC).format(clock.instant());
        Path old = files.control().resolveSibling(name);
        DurableFile.write(old, out -> ControlFiles.copy(files.control(), out));
        return Optional.of(old);
    }
}
