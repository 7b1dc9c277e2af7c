package com.tiredpixel.pgxl.it.ledger;

import java.util.List;

/**
 * What the books say at the end.
 *
 * @param acknowledged how many transactions were answered COMMIT
 * @param lost acknowledged ones that are not there
 * @param halves transactions of which one datanode has its part and the other has not, acknowledged or not
 * @param sum of all counters, which must be 0
 * @param moved how far the counters are from the transactions that are there
 * @param torn in-doubt transactions that no rule can mend
 * @param twice transaction ids and values of a sequence that clients were told a second time
 */
public record Books(long acknowledged, List<Long> lost, List<Long> halves, long sum, long moved, List<String> torn,
        List<String> twice) {

    /** @return whether nothing is lost, no transaction is there by half, the counters are right and no number came twice */
    public boolean balance() {
        return lost.isEmpty() && halves.isEmpty() && sum == 0 && moved == 0 && torn.isEmpty()
                && twice.isEmpty();
    }

    @Override
    public String toString() {
        return acknowledged + " acknowledged, " + lost.size() + " lost, " + halves.size() + " halves, counters' sum " + sum
                + ", " + moved + " moves too many, " + torn.size() + " torn, " + twice.size() + " numbers twice"
                + (balance() ? "" : " (lost " + few(lost) + ", halves " + few(halves) + ", torn " + torn + ", twice " + few(twice)
                        + ")");
    }

    Books with(List<String> numbersTwice) {
        return new Books(acknowledged, lost, halves, sum, moved, torn, numbersTwice);
    }

    private static <T> List<T> few(List<T> all) {
        return all.subList(0, Math.min(5, all.size()));
    }
}
