package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.os.DiskThreads;
import com.tiredpixel.pgxl.agent.supervisor.Mailbox.Note;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Scans the volume for the supervisor: in a thread of its own, because that may hang, and one scan at a time. */
final class BackgroundScan {
    private final DiskThreads disk;
    private final PatientScan scan;
    private final Mailbox mailbox;
    private CompletableFuture<VolumeScan> scanning;
    private boolean again;

    /** @param mailbox where it is asked for and tells that it is done; the first is asked for at once */
    BackgroundScan(DiskThreads disk, PatientScan scan, Mailbox mailbox) {
        this.disk = disk;
        this.scan = scan;
        this.mailbox = mailbox;
        scan.whenAnswered(() -> mailbox.leave(Note.SCAN));
        mailbox.leave(Note.SCAN);
    }

    /** Begins a scan, or has one follow that which is under way. */
    void begin() {
        if (scanning == null) {
            scanning = disk.begin(scan::get);
            scanning.whenComplete((found, failure) -> mailbox.leave(Note.ANSWER));
        } else {
            again = true;
        }
    }

    /** Hands over what a scan found that is done; if it or the taker failed, another one follows. */
    void take(Consumer<VolumeScan> taker) {
        // It has woken this thread up, which was all.
        mailbox.take(Note.ANSWER);
        if (scanning == null || !scanning.isDone()) {
            return;
        }
        CompletableFuture<VolumeScan> done = scanning;
        scanning = null;
        boolean once = false;
        try {
            taker.accept(done.join());
            once = !again;
        } finally {
            again = false;
            if (!once) {
                mailbox.leave(Note.SCAN);
            }
        }
    }
}
