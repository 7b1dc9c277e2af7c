package com.tiredpixel.pgxl.agent;

/** The life of a container. */
public final class Main {
    private Main() {
    }

    /** @param arguments none, or {@code --help} */
    public static void main(String[] arguments) {
        System.out.println("skeleton");
    }
}
