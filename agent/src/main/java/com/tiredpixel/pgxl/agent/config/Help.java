package com.tiredpixel.pgxl.agent.config;

/** What {@code pgxl-agent --help} prints: the table of settings. */
public final class Help {
    private static final int WIDTH = 100;
    private static final String INDENT = "      ";

    private Help() {
    }

    /** @return the whole text, lines of at most 100 characters, with a line break at the end */
    public static String text() {
        StringBuilder help = new StringBuilder()
                .append("usage: pgxl-agent [--help | --explain [DIR] | PROGRAM [ARGUMENT...]]\n\n")
                .append("PID 1 of a Postgres-XL container: init, SSH server for pgxc_ctl, and supervisor of the\n")
                .append("nodes on its volume. Settings are environment variables; an empty one counts as unset.\n")
                .append("--explain says what an agent would make of a volume (PGXL_HOME), and starts nothing.\n")
                .append("PROGRAM is run, as the user of the servers, instead of the agent.\n")
                .append("A value that is not allowed ends the program with exit code 64.\n");
        for (Setting<?> setting : SettingsTable.ALL) {
            help.append('\n').append("  ").append(setting.name());
            help.append(setting.standard().isEmpty() ? " (unset)" : " (" + setting.standard() + ")").append('\n');
            wrap(help, setting.meaning());
            wrap(help, "allowed: " + setting.allowed());
        }
        return help.toString();
    }

    private static void wrap(StringBuilder help, String sentence) {
        int column = 0;
        for (String word : sentence.split(" ")) {
            if (column == 0 || column + 1 + word.length() > WIDTH) {
                help.append(column == 0 ? "" : "\n").append(INDENT).append(word);
                column = INDENT.length() + word.length();
            } else {
                help.append(' ').append(word);
                column += 1 + word.length();
            }
        }
        help.append('\n');
    }
}
