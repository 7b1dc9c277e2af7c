package com.tiredpixel.pgxl.agent.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the operator set, checked. {@link SettingsTable} says what each is for.
 *
 * @param home {@code PGXL_HOME}: the volume
 * @param prefix {@code PGXL_PREFIX}: where Postgres-XL is installed, its programs in {@code bin}
 * @param user {@code PGXL_USER}: who runs everything
 * @param stateDirectory {@code PGXL_STATE_DIR}: the agent's own files
 * @param role {@code PGXL_ROLE}: label of a role, for one ambiguous directory
 * @param directoryLock {@code PGXL_DIRECTORY_LOCK}: {@code auto}, {@code local} or {@code off}
 * @param logLevel {@code PGXL_LOG_LEVEL}: {@code debug}, {@code info}, {@code warn} or {@code error}
 * @param logFormat {@code PGXL_LOG_FORMAT}: {@code text} or {@code json}
 * @param ssh the SSH server
 * @param status what others see, over HTTP
 * @param stopTimeout {@code PGXL_STOP_TIMEOUT}: from the stop signal to the end of PID 1
 * @param settleTime {@code PGXL_SETTLE_TIME}: from the end of a server to the verdict on it
 * @param scanDepth {@code PGXL_SCAN_DEPTH}: how many folders below home a node may lie
 * @param backoff how fast a server comes back that keeps dying
 * @param cluster what concerns more than one node
 */
public record Settings(
        Path home,
        Path prefix,
        String user,
        Path stateDirectory,
        Optional<String> role,
        String directoryLock,
        String logLevel,
        String logFormat,
        Ssh ssh,
        Status status,
        Duration stopTimeout,
        Duration settleTime,
        int scanDepth,
        Backoff backoff,
        Cluster cluster) {

    /**
     * The SSH server.
     *
     * @param listen {@code PGXL_SSH_LISTEN}: addresses to bind; a wildcard takes IPv4 and IPv6
     * @param port {@code PGXL_SSH_PORT}
     * @param maximumSessions {@code PGXL_SSH_MAX_SESSIONS}: connections that have logged in, at one time
     * @param loginGrace {@code PGXL_SSH_LOGIN_GRACE}: from connect to the end of authentication
     * @param hostKeys {@code PGXL_SSH_HOST_KEYS}: which kinds of host keys are offered
     * @param keyExchanges {@code PGXL_SSH_KEY_EXCHANGES}: which key exchanges are offered, best first
     * @param macs {@code PGXL_SSH_MACS}: which codes of messages are offered, best first
     * @param audit {@code PGXL_SSH_AUDIT}: {@code full}, {@code command} or {@code none}
     */
    public record Ssh(
            List<InetAddress> listen,
            int port,
            int maximumSessions,
            Duration loginGrace,
            List<String> hostKeys,
            List<String> keyExchanges,
            List<String> macs,
            String audit) {

        /** Copies the lists. */
        public Ssh {
            listen = List.copyOf(listen);
            hostKeys = List.copyOf(hostKeys);
            keyExchanges = List.copyOf(keyExchanges);
            macs = List.copyOf(macs);
        }
    }

    /**
     * Status, health and metrics over HTTP.
     *
     * @param listen {@code PGXL_STATUS_LISTEN}: addresses to bind
     * @param port {@code PGXL_STATUS_PORT}
     */
    public record Status(List<InetAddress> listen, int port) {
    }

    /**
     * Waits between a crash and the next start: the first, doubling, up to the longest.
     *
     * @param first {@code PGXL_BACKOFF_FIRST}
     * @param longest {@code PGXL_BACKOFF_MAX}, at least the first
     * @param reset {@code PGXL_BACKOFF_RESET}: how long a server must serve to be started again at once
     * @param loopStarts {@code PGXL_CRASH_LOOP_STARTS}: this many starts …
     * @param loopWindow {@code PGXL_CRASH_LOOP_WINDOW}: … within this time are a crash loop
     */
    public record Backoff(
            Duration first, Duration longest, Duration reset, int loopStarts, Duration loopWindow) {
    }

    /**
     * What keeps the transactions of a cluster right.
     *
     * @param unmendedGtmWaits {@code PGXL_UNMENDED_GTM}: whether a GTM of servers without the mends waits for the operator
     * @param oldMasterWaits {@code PGXL_OLD_MASTER}: whether a datanode master gives way to one that was promoted
     * @param inDoubt {@code PGXL_IN_DOUBT}: {@code resolve}, {@code report} or {@code off}
     * @param inDoubtAge {@code PGXL_IN_DOUBT_AGE}
     */
    public record Cluster(boolean unmendedGtmWaits, boolean oldMasterWaits, String inDoubt, Duration inDoubtAge) {
    }

    /** What the environment amounts to. */
    public sealed interface Reading {

        /**
         * Everything is allowed.
         *
         * @param settings the values
         * @param warnings sentences about variables that look like a misspelt setting
         */
        record Valid(Settings settings, List<String> warnings) implements Reading {
        }

        /**
         * At least one value is not allowed; nothing must be touched.
         *
         * @param errors a sentence for each, naming the variable, the value and what is allowed
         * @param warnings as in {@link Valid}
         */
        record Invalid(List<String> errors, List<String> warnings) implements Reading {
        }
    }

    /**
     * Reads every setting.
     *
     * @param environment variable to value
     */
    public static Reading read(Map<String, String> environment) {
        return new SettingsReader(environment).read();
    }
}
