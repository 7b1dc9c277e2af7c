package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private final Admission<Integer> admission = new Admission<>(new Admission.Limits(6, 3, 5, 4));

    @Test
    void anAddressBeginsAsManyAsItMayAndTheNextWaitInLine() {
        for (int i = 1; i <= 3; i++) {
            assertEquals(List.of(i), admission.arrived(i, "a").begin());
        }
        var fourth = admission.arrived(4, "a");
        assertTrue(fourth.begin().isEmpty() && fourth.drop().isEmpty());
        assertEquals(List.of(5), admission.arrived(5, "b").begin());
        assertEquals(List.of(4), admission.left(2).begin());
    }

    @Test
    void aLineThatIsFullDropsTheNewcomer() {
        for (int i = 1; i <= 7; i++) {
            assertTrue(admission.arrived(i, "a").drop().isEmpty());
        }
        assertEquals(List.of(8), admission.arrived(8, "a").drop());
    }

    @Test
    void whenAllPlacesAreTakenANewAddressGetsTheOldestOfTheRichest() {
        for (int i = 1; i <= 3; i++) {
            admission.arrived(i, "a");
            admission.arrived(10 + i, "b");
        }
        var decision = admission.arrived(20, "c");
        assertEquals(List.of(20), decision.begin());
        assertEquals(1, decision.drop().size());
        assertTrue(List.of(1, 11).contains(decision.drop().get(0)));
        assertEquals(6, admission.active());
    }

    @Test
    void addressesThatHaveTheSameTakeNothingFromEachOther() {
        for (int i = 0; i < 6; i++) {
            admission.arrived(i, "address " + i);
        }
        var decision = admission.arrived(7, "one more");
        assertTrue(decision.begin().isEmpty() && decision.drop().isEmpty());
        assertEquals(List.of(7), admission.left(3).begin());
    }

    @Test
    void whoLeavesTwiceOrWasNeverThereChangesNothing() {
        admission.arrived(1, "a");
        admission.left(1);
        assertTrue(admission.left(1).begin().isEmpty());
        assertTrue(admission.left(99).begin().isEmpty());
        assertEquals(0, admission.active());
    }

    /** Seeded: what fails once fails again. */
    @Test
    void underAnyOrderOfEventsBoundsHoldAndNobodyIsForgotten() {
        var random = new Random(22);
        var active = new HashMap<Integer, String>();
        var waiting = new HashSet<Integer>();
        var addresses = new HashMap<Integer, String>();
        for (int i = 0; i < 50_000; i++) {
            var known = new ArrayList<>(active.keySet());
            known.addAll(waiting);
            Admission.Decision<Integer> decision;
            if (known.isEmpty() || random.nextInt(5) < 3) {
                String address = "a" + random.nextInt(random.nextInt(12) + 1);
                addresses.put(i, address);
                waiting.add(i);
                decision = admission.arrived(i, address);
            } else {
                int gone = known.get(random.nextInt(known.size()));
                active.remove(gone);
                waiting.remove(gone);
                decision = admission.left(gone);
            }
            for (int begun : decision.begin()) {
                assertTrue(waiting.remove(begun));
                active.put(begun, addresses.get(begun));
            }
            for (int dropped : decision.drop()) {
                assertTrue(active.remove(dropped) != null | waiting.remove(dropped));
            }
            assertEquals(active.size(), admission.active());
            assertEquals(waiting.size(), admission.waiting());
            assertTrue(active.size() <= 6 && waiting.size() <= 5);
            for (String address : active.values()) {
                assertTrue(active.values().stream().filter(address::equals).count() <= 3);
            }
            boolean room = active.size() < 6;
            for (int waits : waiting) {
                long same = active.values().stream().filter(addresses.get(waits)::equals).count();
                assertTrue(!room || same == 3, "one waits though there is room for it");
            }
        }
    }
}
