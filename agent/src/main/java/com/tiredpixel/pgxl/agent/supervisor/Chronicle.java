package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.os.ExitStatus;
import com.tiredpixel.pgxl.agent.supervisor.NodeHistory.End;
import com.tiredpixel.pgxl.agent.supervisor.NodeHistory.LastEnd;
import com.tiredpixel.pgxl.agent.supervisor.NodeHistory.LastStop;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes a node's {@link NodeHistory}. */
final class Chronicle {
    private final Map<End, Integer> restarts = new EnumMap<>(End.class);
    private Optional<LastEnd> lastEnd = Optional.empty();
    private Optional<Duration> timeToReady = Optional.empty();
    private Optional<LastStop> lastStop = Optional.empty();
    private Optional<Duration> toldToStopAt = Optional.empty();

    /** A server that had ended by itself was started again. */
    void restarted() {
        restarts.merge(lastEnd.map(LastEnd::kind).orElse(End.UNKNOWN), 1, Integer::sum);
    }

    void refused(String reason) {
        lastEnd = Optional.of(new LastEnd(End.REFUSED, reason));
    }

    void ended(ExitStatus status, boolean stopped) {
        End kind = stopped ? End.STOPPED
                : status instanceof ExitStatus.Signaled ? End.SIGNALED
                : status instanceof ExitStatus.Exited ? End.EXITED
                : End.UNKNOWN;
        lastEnd = Optional.of(new LastEnd(kind, status.toString()));
    }

    void becameReady(Duration after) {
        timeToReady = Optional.of(after);
    }

    void toldToStop(Duration now) {
        toldToStopAt = toldToStopAt.or(() -> Optional.of(now));
    }

    void wentDown(Duration now, StopStage stage) {
        toldToStopAt.ifPresent(since -> lastStop = Optional.of(
                new LastStop(now.minus(since), stage.name().toLowerCase(Locale.ROOT))));
        toldToStopAt = Optional.empty();
    }

    NodeHistory soFar() {
        return new NodeHistory(restarts, lastEnd, timeToReady, lastStop);
    }
}
