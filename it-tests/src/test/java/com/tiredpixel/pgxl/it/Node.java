package com.tiredpixel.pgxl.it;

import com.tiredpixel.pgxl.agent.node.Role;

/**
 * A node as the tests lay it out.
 *
 * @param role what it is
 * @param name its node name
 * @param directory relative to the volume
 * @param port its TCP port; a coordinator or datanode has its pooler at the next but one thousand
 */
record Node(Role role, String name, String directory, int port) {

    static final String HOME = "/var/lib/postgres";

    static Node gtm() {
        return new Node(Role.GTM, "gtm", "data/gtm", 6666);
    }

    static Node proxy() {
        return new Node(Role.GTM_PROXY, "proxy", "data/proxy", 6667);
    }

    static Node coordinator(int number) {
        return new Node(Role.COORDINATOR, "coord" + number, "data/coord" + number, 5431 + number);
    }

    static Node datanode(int number) {
        return new Node(Role.DATANODE, "data" + number, "data/data" + number, 15431 + number);
    }

    /** @return as the node itself sees it */
    String path() {
        return HOME + "/" + directory;
    }

    /** @return as the agent's log names it */
    String subject() {
        return role.label() + " " + directory;
    }

    /** @return relative to the volume */
    String pidFile() {
        return directory + "/" + role.pidFileName();
    }

    int poolerPort() {
        return port + 2000;
    }
}
