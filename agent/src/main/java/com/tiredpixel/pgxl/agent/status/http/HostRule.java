package com.tiredpixel.pgxl.agent.status.http;

import com.tiredpixel.pgxl.agent.log.VisibleText;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Keeps out pages of the web that a browser near the agent shows: such a page lets its own name lead to the agent's
 * address ("DNS rebinding"), and the browser then takes the agent's answers for the page's own. It cannot change what the
 * browser says in {@code Host}, and cannot own an address or {@code localhost}.
 *
 * <p>Over the loopback address nothing else is taken, but the container's own name. From elsewhere scrapers come by any
 * name that leads here; there a foreign name is refused to browsers, which say what language they want, as no scraper
 * does, and taken if it has no dot: nobody on the web owns such a name.
 */
public final class HostRule {
    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f:.]+]");
    private static final Pattern PORT = Pattern.compile(":[0-9]{0,5}$");
    private static final List<String> OF_BROWSERS =
            List.of("accept-language", "origin", "referer", "cookie", "sec-fetch-site");
    private static final int LONGEST_SHOWN = 100;

    private final String ownName;

    /** @param ownName the container's host name */
    public HostRule(String ownName) {
        this.ownName = ownName.toLowerCase(Locale.ROOT);
    }

    /** @return why the request is refused, if it is; without {@code Host} no browser comes */
    public Optional<String> objection(Request request) {
        String given = request.header("host").toLowerCase(Locale.ROOT);
        String name = PORT.matcher(given).replaceFirst("").replaceFirst("\\.$", "");
        boolean nobodysOnTheWeb = name.isEmpty() || IPV4.matcher(name).matches() || IPV6.matcher(name).matches()
                || name.equals("localhost") || name.equals(ownName);
        boolean browser = OF_BROWSERS.stream().anyMatch(request.headers()::containsKey);
        if (nobodysOnTheWeb || !request.peer().local() && (!browser || name.indexOf('.') < 0)) {
            return Optional.empty();
        }
        String shown = given.length() > LONGEST_SHOWN ? given.substring(0, LONGEST_SHOWN) + "…" : given;
        return Optional.of("Host is " + VisibleText.quoted(shown)
                + ", by which a page of the web could lead a browser here: ask by address"
                + (request.peer().local() ? ", or localhost" : ", or a name without a dot"));
    }
}
