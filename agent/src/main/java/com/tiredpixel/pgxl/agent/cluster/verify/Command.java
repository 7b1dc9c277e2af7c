package com.tiredpixel.pgxl.agent.cluster.verify;

import com.tiredpixel.pgxl.agent.log.VisibleText;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A command line, quoted for bash, so that no name in it is carried out.
 *
 * @param words the program and its arguments
 */
public record Command(List<String> words) {

    /** A control character does not come onto the terminal; a command with one would do nothing good. */
    public Command {
        words = words.stream().map(VisibleText::of).toList();
    }

    static Command of(String... words) {
        return new Command(List.of(words));
    }

    /** @return one line for bash */
    public String text() {
        return words.stream().map(Command::quoted).collect(Collectors.joining(" "));
    }

    /**
     * @param indent of each line that begins with a word
     * @param width at most so many columns
     * @return lines for bash; where a word is broken, the next line begins in the first column
     */
    public List<String> lines(int indent, int width) {
        String margin = " ".repeat(indent);
        List<String> lines = new ArrayList<>();
        var line = new StringBuilder(margin);
        for (String word : words) {
            String quoted = quoted(word);
            // Two columns are for the backslash that goes on.
            boolean begun = !line.toString().isBlank();
            if (begun && line.length() + 1 + quoted.length() + 2 > width) {
                lines.add(line + " \\");
                line = new StringBuilder(margin);
            } else if (begun) {
                line.append(' ');
            }
            String rest = word;
            while (line.length() + quoted(rest).length() + 2 > width) {
                String part = beginning(rest, width - line.length() - 2);
                lines.add(line + quoted(part) + "\\");
                line = new StringBuilder();
                rest = rest.substring(part.length());
            }
            line.append(quoted(rest));
        }
        lines.add(line.toString());
        return lines;
    }

    /** As much as fits when quoted, and at least one character; up to a blank if one is in its second half. */
    private static String beginning(String word, int width) {
        int end = word.length();
        while (end > 1 && quoted(word.substring(0, end)).length() > width) {
            end--;
        }
        if (Character.isHighSurrogate(word.charAt(end - 1)) && end < word.length()) {
            end++;
        }
        int blank = word.lastIndexOf(' ', end - 1);
        return word.substring(0, blank > end / 2 ? blank + 1 : end);
    }

    private static String quoted(String word) {
        if (word.matches("[A-Za-z0-9_./:=@%+,-]+")) {
            return word;
        }
        // In double quotes an interactive bash would take ! for its history.
        if (word.indexOf('\'') >= 0 && word.indexOf('!') < 0) {
            return '"' + word.replaceAll("([\\\\\"$`])", "\\\\$1") + '"';
        }
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
