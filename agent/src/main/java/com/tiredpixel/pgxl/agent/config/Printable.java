package com.tiredpixel.pgxl.agent.config;

/** Values of variables in messages: someone else wrote them. */
final class Printable {
    private static final int LONGEST = 200;

    private Printable() {
    }

    /** @return the text with everything but printable ASCII as {@code ?}, cut at 200 characters */
    static String of(String text) {
        String cut = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
        return cut.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
