package com.tiredpixel.pgxl.agent.config;

import java.util.Collection;
import java.util.Optional;

/** How far two words are apart: Levenshtein's distance. */
public final class EditDistance {
    private EditDistance() {
    }

    /** @return how many letters must be inserted, removed or replaced */
    public static int between(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }

    /** @return the word that was probably meant, if one is near: a third of its letters may differ */
    public static Optional<String> nearest(String word, Collection<String> words) {
        Optional<String> nearest = Optional.empty();
        int least = Integer.MAX_VALUE;
        for (String other : words) {
            boolean comparable = Math.abs(other.length() - word.length()) <= 3;
            int distance = comparable ? between(word, other) : Integer.MAX_VALUE;
            if (distance < least && distance <= Math.max(1, other.length() / 3)) {
                least = distance;
                nearest = Optional.of(other);
            }
        }
        return nearest;
    }
}
