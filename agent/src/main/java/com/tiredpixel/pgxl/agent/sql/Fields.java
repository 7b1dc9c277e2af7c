package com.tiredpixel.pgxl.agent.sql;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The fields of a line of {@code psql -At}. Names travel in hexadecimal: a user may call a thing what he likes, with line
 * breaks and bars.
 */
public final class Fields {
    private Fields() {
    }

    /** @return an expression that gives the text of another in hexadecimal */
    public static String hex(String expression) {
        return "encode(convert_to(" + expression + "::text, 'UTF8'), 'hex')";
    }

    /**
     * @param hex what such an expression gave
     * @throws IllegalArgumentException if it is none
     */
    public static String text(String hex) {
        return new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8);
    }

    /** @throws IllegalArgumentException if it is neither {@code t} nor {@code f} */
    public static boolean truth(String field) {
        if (!field.equals("t") && !field.equals("f")) {
            throw new IllegalArgumentException(field);
        }
        return field.equals("t");
    }
}
