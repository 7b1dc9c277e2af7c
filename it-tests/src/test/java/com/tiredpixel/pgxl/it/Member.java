package com.tiredpixel.pgxl.it;

import com.tiredpixel.pgxl.agent.node.Role;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A server of a cluster, as {@code pgxc_ctl} and the agent of its host speak of it.
 *
 * @param host the sandbox it lives in
 * @param node how the agent knows it
 * @param spoken how {@code pgxc_ctl}'s commands name it, such as {@code datanode slave data1}
 */
record Member(String host, Node node, String spoken) {

    static Member gtm(String host, String kind) {
        return new Member(host, new Node(Role.GTM, host, directory("gtm", kind), 6666), "gtm " + kind);
    }

    static Member proxy(String host) {
        return new Member(host, new Node(Role.GTM_PROXY, host, "data/proxy", 6666), "gtm_proxy " + host);
    }

    static Member coordinator(String host, String kind, String name) {
        var node = new Node(Role.COORDINATOR, name, directory("coord", kind), port(kind));
        return new Member(host, node, "coordinator " + kind + " " + name);
    }

    static Member datanode(String host, String kind, String name) {
        var node = new Node(Role.DATANODE, name, directory("data", kind), port(kind));
        return new Member(host, node, "datanode " + kind + " " + name);
    }

    /**
     * A slave's directory must not have the path of its master's, nor its ports the numbers: {@code remove
     * coordinator slave … clean} removes that path, and the sockets of these ports, on the host of the master.
     */
    private static String directory(String name, String kind) {
        return "data/" + name + (kind.equals("slave") ? "_slave" : "");
    }

    private static int port(String kind) {
        return kind.equals("slave") ? 5433 : 5432;
    }

    /** @return what a slave is after a failover */
    Member promoted() {
        return new Member(host, node, spoken.replace(" slave", " master"));
    }

    /** @return how {@code pgxc_ctl monitor} names it */
    String monitored() {
        return spoken.replace("gtm_proxy", "gtm proxy");
    }

    /** @return the command that adds it */
    String add() {
        boolean slave = spoken.contains(" slave");
        String archive = Node.HOME + "/archive";
        // Without a directory for its WAL, `remove datanode slave … clean` runs "rm -rf DIR;   ; mkdir …", which no
        // shell can read, and cleans nothing.
        String wal = slave ? Node.HOME + "/wal" : "none";
        return switch (node.role()) {
            case GTM -> "add " + spoken + " " + node.name() + " " + host + " " + node.port() + " " + node.path();
            case GTM_PROXY -> "add " + spoken + " " + host + " " + node.port() + " " + node.path();
            case COORDINATOR -> "add " + spoken + " " + host + " " + node.port() + " " + node.poolerPort() + " "
                    + node.path() + " " + (slave ? archive : "none none");
            case DATANODE -> "add " + spoken + " " + host + " " + node.port() + " " + node.poolerPort() + " "
                    + node.path() + " " + wal + " " + (slave ? archive : "none none");
        };
    }

    static List<String> running(List<Member> members) {
        return monitored("Running: ", members);
    }

    static List<String> monitored(String how, List<Member> members) {
        return members.stream().map(member -> how + member.monitored()).sorted().toList();
    }

    static List<Member> without(List<Member> members, Member... others) {
        return members.stream().filter(member -> !Arrays.asList(others).contains(member)).toList();
    }

    static List<Member> plus(List<Member> members, Member... others) {
        return Stream.concat(members.stream(), Stream.of(others)).toList();
    }
}
