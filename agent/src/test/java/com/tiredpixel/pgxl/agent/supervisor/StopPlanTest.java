package com.tiredpixel.pgxl.agent.supervisor;

import static com.tiredpixel.pgxl.agent.node.Role.COORDINATOR;
import static com.tiredpixel.pgxl.agent.node.Role.DATANODE;
import static com.tiredpixel.pgxl.agent.node.Role.GTM;
import static com.tiredpixel.pgxl.agent.node.Role.GTM_PROXY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.node.Role;
import com.tiredpixel.pgxl.agent.os.Signal;
import com.tiredpixel.pgxl.agent.supervisor.server.StopStage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StopPlanTest {
    private final StopPlan plan = new StopPlan(Duration.ofSeconds(8));
    private final List<Role> all = List.of(GTM, GTM_PROXY, DATANODE, COORDINATOR);

    @Test
    void eachKindIsToldWhenTheKindBeforeItIsDown() {
        assertEquals(StopStage.FAST, plan.stageFor(COORDINATOR, all, Duration.ZERO));
        assertEquals(StopStage.NONE, plan.stageFor(DATANODE, all, Duration.ZERO));
        assertEquals(StopStage.FAST, plan.stageFor(DATANODE, List.of(GTM, GTM_PROXY, DATANODE), Duration.ZERO));
        assertEquals(StopStage.NONE, plan.stageFor(GTM, List.of(GTM, GTM_PROXY), Duration.ZERO));
        assertEquals(StopStage.FAST, plan.stageFor(GTM, List.of(GTM), Duration.ZERO));
    }

    @Test
    void nobodyWaitsForALaggardLongerThanItsShare() {
        assertEquals(StopStage.NONE, plan.stageFor(GTM, all, Duration.ofMillis(2999)));
        assertEquals(StopStage.FAST, plan.stageFor(GTM, all, Duration.ofMillis(3000)));
        assertEquals(StopStage.FAST, plan.stageFor(DATANODE, all, Duration.ofMillis(1000)));
    }

    @Test
    void clientsAreAbandonedInTheLastQuarterAndNothingIsKilledBeforeTheEnd() {
        for (Role role : Role.values()) {
            assertEquals(StopStage.FAST, plan.stageFor(role, all, Duration.ofMillis(5999)));
            assertEquals(StopStage.IMMEDIATE, plan.stageFor(role, all, Duration.ofMillis(6000)));
            assertEquals(StopStage.IMMEDIATE, plan.stageFor(role, all, Duration.ofMillis(7999)));
            assertEquals(StopStage.KILLED, plan.stageFor(role, all, Duration.ofMillis(8000)));
        }
    }

    @Test
    void aStopOnlyEverGetsFirmer() {
        for (Role role : Role.values()) {
            StopStage before = StopStage.NONE;
            for (int millis = 0; millis <= 9000; millis += 10) {
                StopStage now = plan.stageFor(role, all, Duration.ofMillis(millis));
                assertTrue(now.compareTo(before) >= 0);
                before = now;
            }
        }
    }

    @Test
    void postgresIsAskedFastThenImmediateAndNeverToWaitForItsClients() {
        for (Role role : List.of(COORDINATOR, DATANODE)) {
            assertEquals(Optional.of(Signal.INT), StopStage.FAST.signal(role.program(), StopStage.NONE));
            assertEquals(Optional.of(Signal.QUIT), StopStage.IMMEDIATE.signal(role.program(), StopStage.FAST));
            assertEquals(Optional.of(Signal.KILL), StopStage.KILLED.signal(role.program(), StopStage.IMMEDIATE));
            assertEquals(Optional.empty(), StopStage.FAST.signal(role.program(), StopStage.FAST));
        }
    }

    @Test
    void gtmIsToldOnceBecauseASecondSignalKeepsItFromSavingItsControlFile() {
        for (Role role : List.of(GTM, GTM_PROXY)) {
            assertEquals(Optional.of(Signal.TERM), StopStage.FAST.signal(role.program(), StopStage.NONE));
            assertEquals(Optional.empty(), StopStage.IMMEDIATE.signal(role.program(), StopStage.FAST));
            assertEquals(Optional.of(Signal.TERM), StopStage.IMMEDIATE.signal(role.program(), StopStage.NONE));
            assertEquals(Optional.of(Signal.KILL), StopStage.KILLED.signal(role.program(), StopStage.IMMEDIATE));
        }
    }
}
