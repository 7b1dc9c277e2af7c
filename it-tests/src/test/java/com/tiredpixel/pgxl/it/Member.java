package com.tiredpixel.pgxl.it;

import com.tiredpixel.pgxl.agent.node.Role;

/**
 * A server of a cluster, as {@code pgxc_ctl} and the agent of its host speak of it.
 *
 * @param host the sandbox it lives in
 * @param node how the agent knows it
 * @param spoken how {@code pgxc_ctl}'s commands name it, such as {@code datanode slave data1}
 */
record Member(String host, Node node, String spoken) {

    static Member gtm(String host, String kind) {
        return new Member(host, new Node(Role.GTM, host, "data/gtm", 6666), "gtm " + kind);
    }

    static Member proxy(String host) {
        return new Member(host, new Node(Role.GTM_PROXY, host, "data/proxy", 6666), "gtm_proxy " + host);
    }

    static Member coordinator(String host, String kind, String name) {
        return new Member(
                host, new Node(Role.COORDINATOR, name, "data/coord", 5432), "coordinator " + kind + " " + name);
    }

    static Member datanode(String host, String kind, String name) {
        return new Member(host, new Node(Role.DATANODE, name, "data/data", 5432), "datanode " + kind + " " + name);
    }

    /** @return how {@code pgxc_ctl monitor} names it */
    String monitored() {
        return spoken.replace("gtm_proxy", "gtm proxy");
    }

    /** @return the command that adds it */
    String add() {
        boolean slave = spoken.contains(" slave");
        String archive = Node.HOME + "/archive";
        return switch (node.role()) {
            case GTM -> "add " + spoken + " " + node.name() + " " + host + " " + node.port() + " " + node.path();
            case GTM_PROXY -> "add " + spoken + " " + host + " " + node.port() + " " + node.path();
            case COORDINATOR -> "add " + spoken + " " + host + " " + node.port() + " " + node.poolerPort() + " "
                    + node.path() + " " + (slave ? archive : "none none");
            case DATANODE -> "add " + spoken + " " + host + " " + node.port() + " " + node.poolerPort() + " "
                    + node.path() + " none " + (slave ? archive : "none none");
        };
    }
}
