package com.tiredpixel.pgxl.agent.supervisor;

/** Two guards: a start needs the word of both. */
public final class StartGuards implements StartGuard {
    private final StartGuard repairing;
    private final StartGuard other;

    /** @param repairing asked first, and the one that repairs */
    public StartGuards(StartGuard repairing, StartGuard other) {
        this.repairing = repairing;
        this.other = other;
    }

    @Override
    public Verdict before(Start start) {
        Verdict verdict = repairing.before(start);
        return verdict instanceof Verdict.Clear ? other.before(start) : verdict;
    }

    @Override
    public void adopted(Start node) {
        repairing.adopted(node);
        other.adopted(node);
    }

    @Override
    public NodeCommand.Result repair(Start node, Repair repair) {
        return repairing.repair(node, repair);
    }
}
