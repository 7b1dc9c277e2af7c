package com.tiredpixel.pgxl.agent.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Action;
import com.tiredpixel.pgxl.agent.supervisor.NodeMachine.Transition;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole (state × event) table; a row an event, a column a state, in the order of {@link NodeState}. */
@Tag("faults")
class NodeMachineTest {
    /** "=" stays without an action, "!" stays and is reported as unexpected. */
    private static final String TABLE =
            """
            event             | STOPPED  | HELD     | CLEARING | LOCKED_OUT | BLOCKED  | STARTING | RUNNING  | SETTLING | BACKING_OFF | STOPPING | GONE
            startRequested    | CLEARING | =        | =        | CLEARING   | CLEARING | =        | =        | =        | CLEARING    | =        | !
            prepared          | !        | !        | STARTING | !          | !        | !        | !        | !        | !           | !        | !
            leftoversRemained | !        | !        | CLEARING | !          | !        | !        | !        | SETTLING | !           | !        | !
            lockRefused       | LOCKED_OUT | =      | LOCKED_OUT | LOCKED_OUT | LOCKED_OUT | !    | !        | LOCKED_OUT | LOCKED_OUT | !       | !
            obstructed        | !        | !        | BLOCKED  | !          | !        | !        | !        | !        | !           | !        | !
            launched          | !        | !        | !        | !          | !        | STARTING | !        | !        | !           | !        | !
            launchFailed      | !        | !        | !        | !          | !        | BACKING_OFF | !     | !        | !           | !        | !
            adopted           | STARTING | STARTING | STARTING | STARTING   | STARTING | STARTING | STARTING | STARTING | STARTING    | =        | !
            becameReady       | !        | !        | !        | !          | !        | RUNNING  | !        | !        | !           | !        | !
            exited            | !        | !        | !        | !          | !        | SETTLING | SETTLING | !        | !           | STOPPED  | !
            judgedStopped     | !        | !        | !        | !          | !        | !        | !        | STOPPED  | !           | !        | !
            judgedCrashed     | !        | !        | !        | !          | !        | !        | !        | BACKING_OFF | !        | !        | !
            judgedHeld        | !        | !        | !        | !          | !        | !        | !        | HELD     | !           | !        | !
            holdRequested     | HELD     | =        | HELD     | HELD       | HELD     | =        | =        | =        | HELD        | =        | !
            released          | =        | CLEARING | =        | =          | =        | =        | =        | =        | =           | =        | !
            pauseElapsed      | !        | !        | CLEARING | CLEARING   | CLEARING | STARTING | !        | SETTLING | CLEARING    | !        | !
            stopRequested     | =        | =        | STOPPED  | STOPPED    | STOPPED  | STOPPING | STOPPING | STOPPED  | STOPPED     | =        | !
            directoryVanished | GONE     | GONE     | GONE     | GONE       | GONE     | =        | =        | GONE     | GONE        | =        | !
            """;

    @Test
    void everyStateHasAnOutcomeForEveryEvent() {
        Map<String, String> expected = expectedCells();
        Map<String, String> actual = new LinkedHashMap<>();
        for (Method event : events()) {
            for (NodeState state : NodeState.values()) {
                actual.put(event.getName() + " in " + state, cell(state, outcome(event, state)));
            }
        }
        assertEquals(sorted(expected), sorted(actual));
        int cells = events().size() * NodeState.values().length;
        assertEquals(cells, actual.size());
        System.out.println("MEASURED " + expected.size() + " of " + cells + " cells of the state machine are covered");
    }

    @Test
    void theTableOfTheDocumentsIsThisOne() throws IOException {
        String readme = Files.readString(Path.of("..", "agent", "README.md"));
        String begin = "<!-- states: begin -->\n";
        String shown = readme.substring(readme.indexOf(begin) + begin.length(), readme.indexOf("<!-- states: end -->"));
        List<List<String>> rows = rows();
        var table = new StringBuilder();
        for (List<String> row : rows) {
            table.append("| ").append(row == rows.get(0) ? "event \\ state" : row.get(0)).append(" |");
            row.subList(1, row.size()).forEach(cell -> table.append(switch (cell) {
                case "=" -> " stays |";
                case "!" -> " |";
                default -> " " + cell + " |";
            }));
            table.append('\n').append(row == rows.get(0) ? "|" + "---|".repeat(row.size()) + "\n" : "");
        }
        assertEquals(table.toString(), shown);
    }

    @Test
    void aServerThatExitsIsJudgedAfterTheSettleTimeAndNotBefore() {
        assertEquals(List.of(Action.SETTLE), NodeMachine.exited(NodeState.RUNNING).actions());
        assertEquals(List.of(Action.JUDGE), NodeMachine.pauseElapsed(NodeState.SETTLING).actions());
    }

    @Test
    void everyWayIntoClearingPreparesTheDirectory() {
        for (Method event : events()) {
            for (NodeState state : NodeState.values()) {
                Transition transition = outcome(event, state);
                if (transition.next() == NodeState.CLEARING && state != NodeState.CLEARING) {
                    assertEquals(List.of(Action.PREPARE), transition.actions(), event.getName() + " in " + state);
                }
            }
        }
    }

    @Test
    void everyWaitHasAnEnd() {
        List<NodeState> waits = List.of(
                NodeState.CLEARING, NodeState.LOCKED_OUT, NodeState.BLOCKED, NodeState.STARTING,
                NodeState.SETTLING, NodeState.BACKING_OFF);
        for (NodeState wait : waits) {
            assertTrue(
                    !NodeMachine.pauseElapsed(wait).actions().contains(Action.REPORT_UNEXPECTED),
                    wait + " must do something when its time is over");
        }
    }

    @Test
    void aNodeThatIsDownHoldsNoLock() {
        for (Method event : events()) {
            for (NodeState state : NodeState.values()) {
                Transition transition = outcome(event, state);
                boolean goesDown = transition.next() != state
                        && List.of(NodeState.STOPPED, NodeState.HELD, NodeState.GONE)
                                .contains(transition.next());
                if (goesDown) {
                    assertTrue(
                            transition.actions().contains(Action.RELEASE_LOCK),
                            event.getName() + " in " + state + " leaves the lock held");
                }
            }
        }
    }

    /** What stands in the way may be a server here: another container must not come between. */
    @Test
    void aBlockedNodeKeepsItsLock() {
        assertEquals(List.of(Action.RETRY_LATER), NodeMachine.obstructed(NodeState.CLEARING).actions());
    }

    private static List<Method> events() {
        return Arrays.stream(NodeMachine.class.getDeclaredMethods())
                .filter(method -> Modifier.isStatic(method.getModifiers()))
                .filter(method -> method.getReturnType() == Transition.class)
                .filter(method -> !Modifier.isPrivate(method.getModifiers()))
                .toList();
    }

    private static Transition outcome(Method event, NodeState state) {
        try {
            return (Transition) event.invoke(null, state);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(event.getName() + " in " + state, e);
        }
    }

    private static String cell(NodeState state, Transition transition) {
        if (transition.actions().contains(Action.REPORT_UNEXPECTED)) {
            assertEquals(state, transition.next(), "an unexpected event must not move the node");
            return "!";
        }
        if (transition.next() == state && transition.actions().isEmpty()) {
            return "=";
        }
        return transition.next().name();
    }

    private static List<List<String>> rows() {
        return TABLE.lines()
                .map(line -> Arrays.stream(line.split("\\|")).map(String::strip).toList())
                .toList();
    }

    private static Map<String, String> expectedCells() {
        List<List<String>> rows = rows();
        List<String> header = rows.get(0);
        assertEquals(
                Arrays.stream(NodeState.values()).map(Enum::name).toList(), header.subList(1, header.size()));
        Map<String, String> cells = new LinkedHashMap<>();
        for (List<String> row : rows.subList(1, rows.size())) {
            for (int column = 1; column < header.size(); column++) {
                cells.put(row.get(0) + " in " + header.get(column), row.get(column));
            }
        }
        return cells;
    }

    private static String sorted(Map<String, String> cells) {
        var lines = new ArrayList<String>();
        for (String key : new TreeSet<>(cells.keySet())) {
            lines.add(key + " -> " + cells.get(key));
        }
        return lines.stream().collect(Collectors.joining("\n"));
    }
}
