package com.tiredpixel.pgxl.agent.cluster.configuration;

/**
 * One server of the cluster.
 *
 * @param role what it is
 * @param name of the node; a slave has its master's
 * @param host where it is
 * @param port of its clients
 * @param directory its data
 */
public record Member(Kind role, String name, String host, int port, String directory) {

    /** What {@code pgxc_ctl} tells apart. */
    public enum Kind {
        GTM("gtm"),
        GTM_SLAVE("gtm slave"),
        GTM_PROXY("gtm_proxy"),
        COORDINATOR("coordinator"),
        COORDINATOR_SLAVE("coordinator slave"),
        DATANODE("datanode"),
        DATANODE_SLAVE("datanode slave");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** @return as it is shown */
        public String label() {
            return label;
        }

        /** @return whether it answers SQL; a slave of init.sh's configuration does not */
        public boolean answersSql() {
            return this == COORDINATOR || this == DATANODE;
        }
    }
}
