package com.tiredpixel.pgxl.agent.node;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What matters of {@code gtm.conf} or {@code gtm_proxy.conf}.
 *
 * @param port the last {@code port}; 6666 where there is none
 * @param nodeName the last {@code nodename}; {@code initgtm} writes {@code 'one'}
 * @param listenAddress the first of {@code listen_addresses}, such as {@code *}
 * @param standby whether {@code startup} says that this GTM is a slave
 */
public record GtmConfiguration(
        OptionalInt port, Optional<String> nodeName, Optional<String> listenAddress, boolean standby) {
    /** {@code GTM_DEFAULT_PORT}, of the proxy too. */
    public static final int DEFAULT_PORT = 6666;

    private static final GtmConfiguration NONE =
            new GtmConfiguration(OptionalInt.empty(), Optional.empty(), Optional.empty(), false);

    /**
     * Reads the file; one that is not there or cannot be read says nothing.
     *
     * @param directory the data directory
     * @param program GTM or its proxy
     */
    public static GtmConfiguration read(Path directory, Program program) {
        Path file = directory.resolve(fileName(program));
        return FileContent.read(file, FileContent.CONFIGURATION) instanceof FileContent.Content content
                ? parse(content.text())
                : NONE;
    }

    static String fileName(Program program) {
        return program.executable() + ".conf";
    }

    /** @param text of the whole file */
    public static GtmConfiguration parse(String text) {
        ConfigurationText configuration = ConfigurationText.parse(text);
        return new GtmConfiguration(
                configuration.value("port").isEmpty()
                        ? OptionalInt.of(DEFAULT_PORT)
                        : configuration.port("port"),
                configuration.value("nodename"),
                configuration.value("listen_addresses").map(list -> list.split(",", 2)[0].strip()),
                configuration.value("startup").filter("standby"::equalsIgnoreCase).isPresent());
    }
}
