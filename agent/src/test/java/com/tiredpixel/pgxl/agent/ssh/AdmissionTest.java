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
    private final Admission<Integer> admission = new Admission<>(new Admission.Limits(6, 3, 5, 4, 0, 0));

    @Test
    void anAddressBeginsAsManyAsItMayAndTheNextWaitInLine() {
        for (int i = 1; i <= 3; i++) {
            assertEquals(List.of(i), admission.arrived(i, "a", false).begin());
        }
        var fourth = admission.arrived(4, "a", false);
        assertTrue(fourth.begin().isEmpty() && fourth.drop().isEmpty());
        assertEquals(List.of(5), admission.arrived(5, "b", false).begin());
        assertEquals(List.of(4), admission.left(2).begin());
    }

    @Test
    void aLineThatIsFullDropsTheNewcomer() {
        for (int i = 1; i <= 7; i++) {
            assertTrue(admission.arrived(i, "a", false).drop().isEmpty());
        }
        assertEquals(List.of(8), admission.arrived(8, "a", false).drop());
    }

    @Test
    void whenAllPlacesAreTakenANewAddressGetsTheOldestOfTheRichest() {
        for (int i = 1; i <= 3; i++) {
            admission.arrived(i, "a", false);
            admission.arrived(10 + i, "b", false);
        }
        var decision = admission.arrived(20, "c", false);
        assertEquals(List.of(20), decision.begin());
        assertEquals(1, decision.drop().size());
        assertTrue(List.of(1, 11).contains(decision.drop().get(0)));
        assertEquals(6, admission.active());
    }

    @Test
    void addressesThatHaveTheSameTakeNothingFromEachOther() {
        for (int i = 0; i < 6; i++) {
            admission.arrived(i, "address " + i, false);
        }
        var decision = admission.arrived(7, "one more", false);
        assertTrue(decision.begin().isEmpty() && decision.drop().isEmpty());
        assertEquals(List.of(7), admission.left(3).begin());
    }

    @Test
    void theLastPlacesAreForAddressesThatHaveLoggedInBefore() {
        var reserving = new Admission<Integer>(new Admission.Limits(6, 3, 5, 4, 2, 1));
        for (int i = 0; i < 4; i++) {
            assertEquals(List.of(i), reserving.arrived(i, "stranger " + i, false).begin());
        }
        for (int i = 4; i < 8; i++) {
            var waits = reserving.arrived(i, "stranger " + i, false);
            assertTrue(waits.begin().isEmpty() && waits.drop().isEmpty());
        }
        assertEquals(List.of(8), reserving.arrived(8, "stranger 8", false).drop());
        assertEquals(List.of(10), reserving.arrived(10, "operator", true).begin());
        assertEquals(List.of(11), reserving.arrived(11, "operator", true).begin());
        var third = reserving.arrived(12, "operator", true);
        assertTrue(third.begin().isEmpty() && third.drop().isEmpty(), "it waits");
        assertEquals(List.of(12), reserving.left(10).begin());
        assertEquals(List.of(), reserving.left(11).begin(), "a place of the known stays theirs");
        assertEquals(List.of(4), reserving.left(0).begin());
    }

    @Test
    void aStrangerTakesNoPlaceFromSomebodyKnown() {
        var reserving = new Admission<Integer>(new Admission.Limits(4, 3, 5, 4, 1, 0));
        for (int i = 0; i < 3; i++) {
            reserving.arrived(i, "operator", true);
        }
        reserving.arrived(3, "stranger", false);
        var decision = reserving.arrived(4, "other stranger", false);
        assertTrue(decision.begin().isEmpty() && decision.drop().isEmpty());
        assertEquals(List.of(0), reserving.arrived(5, "other operator", true).drop());
    }

    @Test
    void whoLeavesTwiceOrWasNeverThereChangesNothing() {
        admission.arrived(1, "a", false);
        admission.left(1);
        assertTrue(admission.left(1).begin().isEmpty());
        assertTrue(admission.left(99).begin().isEmpty());
        assertEquals(0, admission.active());
    }

    /** Seeded: what fails once fails again. */
    @Test
    void underAnyOrderOfEventsBoundsHoldAndNobodyIsForgotten() {
        var admission = new Admission<Integer>(new Admission.Limits(6, 3, 5, 4, 2, 1));
        var random = new Random(22);
        var active = new HashMap<Integer, String>();
        var waiting = new HashSet<Integer>();
        var addresses = new HashMap<Integer, String>();
        for (int i = 0; i < 50_000; i++) {
            var known = new ArrayList<>(active.keySet());
            known.addAll(waiting);
            Admission.Decision<Integer> decision;
            if (known.isEmpty() || random.nextInt(5) < 3) {
                int number = random.nextInt(random.nextInt(12) + 1);
                String address = (number % 3 == 0 ? "known " : "a") + number;
                addresses.put(i, address);
                waiting.add(i);
                decision = admission.arrived(i, address, isKnown(address));
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
            long strangers = active.values().stream().filter(address -> !isKnown(address)).count();
            assertTrue(strangers <= 4);
            for (int waits : waiting) {
                long same = active.values().stream().filter(addresses.get(waits)::equals).count();
                boolean room = active.size() < 6 && (isKnown(addresses.get(waits)) || strangers < 4);
                assertTrue(!room || same == 3, "one waits though there is room for it");
            }
        }
    }

    private static boolean isKnown(String address) {
        return address.startsWith("known");
    }
}
