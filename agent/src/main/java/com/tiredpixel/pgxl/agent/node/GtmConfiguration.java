package com.tiredpixel.pgxl.agent.node;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What matters of {@code gtm.conf} or {@code gtm_proxy.conf}.
 *
 * @param port the last {@code port}; 6666 where there is none
 * @param nodeName the last {@code nodename}; {@code initgtm} writes {@code 'one'}
 * @param standby whether {@code startup} says that this GTM is a slave
 */
public record GtmConfiguration(OptionalInt port, Optional<String> nodeName, boolean standby) {
    /** {@code GTM_DEFAULT_PORT}, of the proxy too. */
    public static final int DEFAULT_PORT = 6666;

    /** @param text of the whole file */
    public static GtmConfiguration parse(String text) {
        ConfigurationText configuration = ConfigurationText.parse(text);
        return new GtmConfiguration(
                configuration.value("port").isEmpty()
                        ? OptionalInt.of(DEFAULT_PORT)
                        : configuration.port("port"),
                configuration.value("nodename"),
                configuration.value("startup").filter("standby"::equalsIgnoreCase).isPresent());
    }

    /**
     * @param text of the whole file
     * @return the first of {@code listen_addresses}, such as {@code *}
     */
    public static Optional<String> listenAddress(String text) {
        return ConfigurationText.parse(text).value("listen_addresses").map(list -> list.split(",", 2)[0].strip());
    }
}
