package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.log.VisibleText;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** What strangers sent, made fit for a log line. */
final class Text {
    private Text() {
    }

    /**
     * Escapes control characters, and those that reorder or hide text, and cuts.
     *
     * @param text anything
     * @param longest how many characters to show
     */
    static String shown(String text, int longest) {
        return text.length() <= longest
                ? VisibleText.of(text)
                : VisibleText.of(text.substring(0, longest)) + "… (" + text.length() + " characters)";
    }

    /**
     * The same between quotation marks, of which none in the text can be taken for the last.
     *
     * @param text anything
     * @param longest how many characters to show
     */
    static String quoted(String text, int longest) {
        String start = text.length() <= longest ? text : text.substring(0, longest);
        String inside = VisibleText.of(start.replace("\\", "\\\\").replace("\"", "\\\""));
        return '"' + inside + '"' + (text.length() <= longest ? "" : "… (" + text.length() + " characters)");
    }

    static String reason(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : shown(e.getMessage(), 300);
    }

    /** @return such as {@code 10.0.0.7} */
    static String address(SocketAddress address) {
        if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
            return AddressText.of(inet.getAddress());
        }
        return String.valueOf(address);
    }

    static int port(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }

    /** @return such as {@code 10.0.0.7 port 40612}, as OpenSSH writes it */
    static String endpoint(SocketAddress address) {
        return address(address) + " port " + port(address);
    }
}
