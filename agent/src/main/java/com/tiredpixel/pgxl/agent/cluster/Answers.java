package com.tiredpixel.pgxl.agent.cluster;

import com.tiredpixel.pgxl.agent.cluster.ask.JsonText;
import com.tiredpixel.pgxl.agent.cluster.view.MemberView;
import com.tiredpixel.pgxl.agent.cluster.view.MemberView.Standby;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what agents and databases print. Throws IllegalArgumentException for what it cannot read. */
final class Answers {
    static final String SECTION = "-- next --";

    private static final Pattern INTERVAL =
            Pattern.compile("(?:(\\d{1,9}) days? )?(\\d{1,9}):(\\d\\d):(\\d\\d(?:\\.\\d{1,9})?)");

    private Answers() {
    }

    /**
     * @param text {@code pgxl status --json}, {@code df -Pk}, and lines of gtm_proxy.conf, with SECTION between
     * @param directory of the server that is meant
     */
    static MemberView.Agent agent(String text, String directory) {
        String[] parts = text.split(SECTION, -1);
        if (parts.length < 3 || !(JsonText.read(parts[0]) instanceof Map<?, ?> all)
                || !(all.get("agent") instanceof Map<?, ?> agent) || !(all.get("nodes") instanceof List<?> nodes)) {
            throw new IllegalArgumentException("its agent's answer is not pgxl status --json");
        }
        int disk = parts[1].lines().skip(1).map(line -> line.replaceAll(".*?(\\d+)%.*", "$1"))
                .filter(number -> number.matches("\\d{1,3}")).mapToInt(Integer::parseInt).findFirst().orElse(-1);
        String servers = Objects.toString(agent.get("servers"), "");
        for (Object one : nodes) {
            if (one instanceof Map<?, ?> node && directory.equals(node.get("directory"))) {
                return new MemberView.Agent(Objects.toString(node.get("state"), "?"),
                        Boolean.TRUE.equals(node.get("ready")),
                        Objects.toString(node.get("readiness"), "") + "; " + Objects.toString(node.get("reason"), ""),
                        servers, disk, target(parts[2]));
            }
        }
        return new MemberView.Agent("MISSING", false, "its agent knows no node in " + directory, servers, disk, "");
    }

    /** In gtm_proxy.conf the last line of a name counts. */
    private static String target(String text) {
        String host = "";
        String port = "";
        for (String line : text.lines().toList()) {
            String value = line.replaceFirst("^[^=]*=\\s*", "").replaceFirst("\\s*#.*", "").replace("'", "").strip();
            if (line.startsWith("gtm_host")) {
                host = value;
            } else if (line.startsWith("gtm_port")) {
                port = value;
            }
        }
        return host.isEmpty() ? "" : host + ":" + port;
    }

    static MemberView.Database database(String text) {
        String[] facts = null;
        List<Standby> standbys = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.startsWith("facts|")) {
                facts = line.split("\\|", -1);
            } else if (line.startsWith("standby|") && JsonText.read(line.substring(8)) instanceof Map<?, ?> row) {
                standbys.add(new Standby(Objects.toString(row.get("application_name"), ""),
                        Objects.toString(row.get("state"), ""), Objects.toString(row.get("sync_state"), ""),
                        Math.max(0, position(row, "sent") - position(row, "replay")), seconds(row.get("replay_lag"))));
            }
        }
        if (facts == null || facts.length != 8) {
            throw new IllegalArgumentException("its answer has no facts");
        }
        return new MemberView.Database(facts[1].equals("t"), facts[2], Long.parseLong(facts[3]),
                new MemberView.Prepared(Long.parseLong(facts[4]), Long.parseLong(facts[5])),
                new MemberView.Prepared(Long.parseLong(facts[6]), Long.parseLong(facts[7])), List.copyOf(standbys));
    }

    /** An interval in PostgreSQL's own style. */
    private static Optional<Double> seconds(Object interval) {
        Matcher matcher = INTERVAL.matcher(Objects.toString(interval, ""));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long days = matcher.group(1) == null ? 0 : Long.parseLong(matcher.group(1));
        return Optional.of(((days * 24 + Long.parseLong(matcher.group(2))) * 60 + Long.parseLong(matcher.group(3))) * 60
                + Double.parseDouble(matcher.group(4)));
    }

    /** Since PostgreSQL 10 the column is called sent_lsn, before sent_location. */
    private static long position(Map<?, ?> row, String which) {
        Object text = row.containsKey(which + "_lsn") ? row.get(which + "_lsn") : row.get(which + "_location");
        if (!(text instanceof String position) || !position.matches("[0-9A-F]{1,8}/[0-9A-F]{1,8}")) {
            return 0;
        }
        int slash = position.indexOf('/');
        return (Long.parseLong(position.substring(0, slash), 16) << 32)
                + Long.parseLong(position.substring(slash + 1), 16);
    }
}
