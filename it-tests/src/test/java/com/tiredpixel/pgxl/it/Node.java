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
public record Node(Role role, String name, String directory, int port) {

    public static final String HOME = "/var/lib/postgres";

    public static Node gtm() {
        return new Node(Role.GTM, "gtm", "data/gtm", 6666);
    }

    public static Node proxy() {
        return new Node(Role.GTM_PROXY, "proxy", "data/proxy", 6667);
    }

    public static Node coordinator(int number) {
        return new Node(Role.COORDINATOR, "coord" + number, "data/coord" + number, 5431 + number);
    }

    public static Node datanode(int number) {
        return new Node(Role.DATANODE, "data" + number, "data/data" + number, 15431 + number);
    }

    /** @return as the node itself sees it */
    public String path() {
        return HOME + "/" + directory;
    }

    /** @return as the agent's log names it */
    public String subject() {
        return role.label() + " " + directory;
    }

    /** @return relative to the volume */
    public String pidFile() {
        return directory + "/" + role.program().pidFileName();
    }

    public int poolerPort() {
        return port + 2000;
    }

    /** @return whether a postmaster serves it, rather than GTM's programs */
    public boolean isPostgres() {
        return role == Role.COORDINATOR || role == Role.DATANODE;
    }
}
