package com.tiredpixel.pgxl.agent.cluster.configuration;

import com.tiredpixel.pgxl.agent.cluster.configuration.Member.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What {@code pgxc_ctl.conf} says, once bash has run it.
 *
 * @param user the databases' and the servers'
 * @param members in the order in which they start
 */
public record ClusterConfiguration(String user, List<Member> members) {

    private static final String HOST = "[A-Za-z0-9_:][A-Za-z0-9_.:-]*";

    /** The variables that are read. */
    static final List<String> VARIABLES = List.of(
            "pgxcOwner", "pgxcUser",
            "gtmName", "gtmMasterServer", "gtmMasterPort", "gtmMasterDir",
            "gtmSlave", "gtmSlaveName", "gtmSlaveServer", "gtmSlavePort", "gtmSlaveDir",
            "gtmProxy", "gtmProxyNames", "gtmProxyServers", "gtmProxyPorts", "gtmProxyDirs",
            "coordNames", "coordMasterServers", "coordPorts", "coordMasterDirs",
            "coordSlave", "coordSlaveServers", "coordSlavePorts", "coordSlaveDirs",
            "datanodeNames", "datanodeMasterServers", "datanodePorts", "datanodeMasterDirs",
            "datanodeSlave", "datanodeSlaveServers", "datanodeSlavePorts", "datanodeSlaveDirs");

    /**
     * @param values of each variable its elements
     * @throws IllegalArgumentException a lower-case sentence with what is allowed
     */
    static ClusterConfiguration of(Map<String, List<String>> values) {
        List<Member> members = new ArrayList<>();
        add(members, values, Kind.GTM, "gtmName", "gtmMasterServer", "gtmMasterPort", "gtmMasterDir");
        if (isOn(values, "gtmSlave")) {
            String name = values.getOrDefault("gtmSlaveName", List.of()).isEmpty() ? "gtmName" : "gtmSlaveName";
            add(members, values, Kind.GTM_SLAVE, name, "gtmSlaveServer", "gtmSlavePort", "gtmSlaveDir");
        }
        if (isOn(values, "gtmProxy")) {
            add(members, values, Kind.GTM_PROXY, "gtmProxyNames", "gtmProxyServers", "gtmProxyPorts", "gtmProxyDirs");
        }
        add(members, values, Kind.COORDINATOR, "coordNames", "coordMasterServers", "coordPorts", "coordMasterDirs");
        if (isOn(values, "coordSlave")) {
            add(members, values, Kind.COORDINATOR_SLAVE,
                    "coordNames", "coordSlaveServers", "coordSlavePorts", "coordSlaveDirs");
        }
        add(members, values, Kind.DATANODE,
                "datanodeNames", "datanodeMasterServers", "datanodePorts", "datanodeMasterDirs");
        if (isOn(values, "datanodeSlave")) {
            add(members, values, Kind.DATANODE_SLAVE,
                    "datanodeNames", "datanodeSlaveServers", "datanodeSlavePorts", "datanodeSlaveDirs");
        }
        return new ClusterConfiguration(first(values, "pgxcUser", first(values, "pgxcOwner", "postgres")),
                List.copyOf(members));
    }

    private static void add(
            List<Member> members, Map<String, List<String>> values, Kind kind,
            String nameVariable, String hostVariable, String portVariable, String directoryVariable) {
        List<String> names = values.getOrDefault(nameVariable, List.of());
        List<String> hosts = values.getOrDefault(hostVariable, List.of());
        for (int i = 0; i < hosts.size() && i < names.size(); i++) {
            if (isNone(hosts.get(i)) || isNone(names.get(i))) {
                continue;
            }
            // It becomes a word of ssh and of a connection string, where one that begins with - is an option.
            if (!hosts.get(i).matches(HOST)) {
                throw new IllegalArgumentException(hostVariable + "[" + i
                        + "] is no host: allowed are letters, digits and _ . : -");
            }
            String port = element(values, portVariable, i);
            if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65535) {
                throw new IllegalArgumentException(portVariable + "[" + i + "] is \"" + port
                        + "\": allowed is a whole number from 1 to 65535");
            }
            String directory = element(values, directoryVariable, i);
            if (!directory.startsWith("/")) {
                throw new IllegalArgumentException(directoryVariable + "[" + i + "] is \"" + directory
                        + "\": allowed is an absolute path");
            }
            members.add(new Member(kind, names.get(i), hosts.get(i), Integer.parseInt(port), directory));
        }
    }

    private static String element(Map<String, List<String>> values, String variable, int i) {
        List<String> elements = values.getOrDefault(variable, List.of());
        return i < elements.size() ? elements.get(i) : "";
    }

    static boolean isHost(String word) {
        return !isNone(word) && word.matches(HOST);
    }

    private static boolean isNone(String value) {
        return Arrays.asList("", "none", "N/A").contains(value);
    }

    private static boolean isOn(Map<String, List<String>> values, String variable) {
        return first(values, variable, "n").equals("y");
    }

    private static String first(Map<String, List<String>> values, String variable, String otherwise) {
        String value = element(values, variable, 0);
        return value.isEmpty() ? otherwise : value;
    }
}
