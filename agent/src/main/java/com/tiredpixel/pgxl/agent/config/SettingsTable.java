package com.tiredpixel.pgxl.agent.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Every setting of the agent, and nothing else: the one place to add one. */
final class SettingsTable {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String A_DIRECTORY = "an absolute path other than /, without \".\", \"..\" and colons";

    static final Setting<Path> HOME = new Setting<>(
            "PGXL_HOME", "/var/lib/postgres", A_DIRECTORY + ", and none of the system's, such as /etc or /srv",
            "the volume: home directory of the user, searched for nodes",
            Parsers::home);
    static final Setting<Path> PREFIX = new Setting<>(
            "PGXL_PREFIX", "/usr/local/lib/postgres", A_DIRECTORY,
            "where Postgres-XL is installed; its bin comes first on PATH",
            Parsers::directory);
    static final Setting<String> USER = new Setting<>(
            "PGXL_USER", "postgres", "a user name of 1 to 32 of a-z, 0-9, _ and -, and not root",
            "who runs the servers and the sessions, and the only one who may log in",
            Parsers::user);
    /** Its default lies in {@link #HOME}, so the reader fills it in. */
    static final Setting<Path> STATE_DIR = new Setting<>(
            "PGXL_STATE_DIR", "$PGXL_HOME/.pgxl", A_DIRECTORY,
            "the agent's own files: host keys, holds, environments of servers, copies of gtm.control, "
                    + "who is in the cluster, the token of the command pgxl",
            Parsers::directory);
    static final List<String> ROLES = List.of("gtm", "gtm_proxy", "coordinator", "datanode");
    static final Setting<String> ROLE = new Setting<>(
            "PGXL_ROLE", "", "gtm, gtm_proxy, coordinator or datanode",
            "the role of the one directory whose files do not settle it",
            Parsers.word(ROLES));
    static final List<String> DIRECTORY_LOCKS = List.of("auto", "local", "off");
    static final Setting<String> DIRECTORY_LOCK = new Setting<>(
            "PGXL_DIRECTORY_LOCK", "auto", "auto, local or off",
            "how a data directory is kept to one container: auto, as its file system needs it; local, if no other machine"
                    + " mounts the volume; off, without a lock, if no other container uses it",
            Parsers.word(DIRECTORY_LOCKS));
    static final Setting<String> LOG_LEVEL = new Setting<>(
            "PGXL_LOG_LEVEL", "info", "debug, info, warn or error",
            "the lowest level that is logged; what servers print is always logged",
            Parsers.word(List.of("debug", "info", "warn", "error")));
    static final Setting<String> LOG_FORMAT = new Setting<>(
            "PGXL_LOG_FORMAT", "text", "text or json",
            "the form of a log line: for people, or one JSON object for programs",
            Parsers.word(List.of("text", "json")));
    static final Setting<Integer> STATUS_PORT = new Setting<>(
            "PGXL_STATUS_PORT", "9432", "a whole number from 1024 to 65535",
            "TCP port of status, health and metrics over HTTP; the command pgxl needs it too",
            Parsers.integer(1024, 65535));
    static final Setting<List<InetAddress>> STATUS_LISTEN = new Setting<>(
            "PGXL_STATUS_LISTEN", "127.0.0.1", "* or a list of IP addresses with commas between them",
            "addresses on which status listens; 127.0.0.1 is always one of them",
            Parsers::addresses);
    static final Setting<Integer> SSH_PORT = new Setting<>(
            "PGXL_SSH_PORT", "22", "a whole number from 1 to 65535",
            "TCP port of the SSH server",
            Parsers.integer(1, 65535));
    static final Setting<List<InetAddress>> SSH_LISTEN = new Setting<>(
            "PGXL_SSH_LISTEN", "*", "* or a list of IP addresses with commas between them",
            "addresses on which the SSH server listens; *, 0.0.0.0 and :: are all of IPv4 and IPv6",
            Parsers::addresses);
    static final Setting<Integer> SSH_MAX_SESSIONS = new Setting<>(
            "PGXL_SSH_MAX_SESSIONS", "100", "a whole number from 1 to 10000",
            "connections of logged-in users at one time; many more than 100 need a larger Java heap, and the start says which",
            Parsers.integer(1, 10_000));
    static final Setting<Duration> SSH_LOGIN_GRACE = duration(
            "PGXL_SSH_LOGIN_GRACE", "30s", Duration.ofSeconds(1), Duration.ofMinutes(10),
            "time from connect to the end of authentication");
    static final Setting<List<String>> SSH_HOST_KEYS = new Setting<>(
            "PGXL_SSH_HOST_KEYS", "ed25519,rsa", "a list of ed25519, ecdsa and rsa with commas between them",
            "kinds of host keys that the SSH server offers; all three are made and kept",
            Parsers.words(List.of("ed25519", "ecdsa", "rsa")));
    static final Setting<List<String>> SSH_KEY_EXCHANGES = new Setting<>(
            "PGXL_SSH_KEY_EXCHANGES", "mlkem768,curve25519,group16",
            "a list of mlkem768, sntrup761, curve25519 and group16 with commas between them",
            "key exchanges that the SSH server offers; the first two are safe from quantum computers",
            Parsers.words(List.of("mlkem768", "sntrup761", "curve25519", "group16")));
    static final Setting<List<String>> SSH_MACS = new Setting<>(
            "PGXL_SSH_MACS", "hmac-sha2-256-etm,hmac-sha2-512-etm",
            "a list of hmac-sha2-256-etm, hmac-sha2-512-etm, hmac-sha2-256 and hmac-sha2-512 with commas between them",
            "MACs that the SSH server offers with AES-CTR; the last two are for old clients",
            Parsers.words(List.of("hmac-sha2-256-etm", "hmac-sha2-512-etm", "hmac-sha2-256", "hmac-sha2-512")));
    static final Setting<String> SSH_AUDIT = new Setting<>(
            "PGXL_SSH_AUDIT", "command", "full, command or none",
            "what the log shows of the command lines of SSH sessions: all, the program, or nothing",
            Parsers.word(List.of("full", "command", "none")));
    static final Setting<Duration> STOP_TIMEOUT = duration(
            "PGXL_STOP_TIMEOUT", "9s", Duration.ofSeconds(1), HOUR,
            "time from the stop signal to the end of the container; docker stop kills after 10 s");
    static final Setting<Duration> SETTLE_TIME = duration(
            "PGXL_SETTLE_TIME", "250ms", Duration.ofMillis(10), Duration.ofSeconds(30),
            "time from the end of a server to the verdict whether it was stopped or crashed");
    static final Setting<Integer> SCAN_DEPTH = new Setting<>(
            "PGXL_SCAN_DEPTH", "8", "a whole number from 1 to 16",
            "how many folders below PGXL_HOME a node may lie",
            Parsers.integer(1, 16));
    static final Setting<Duration> BACKOFF_FIRST = duration(
            "PGXL_BACKOFF_FIRST", "1s", Duration.ofMillis(10), HOUR,
            "the first wait before a server that keeps dying is started again; it doubles each time");
    static final Setting<Duration> BACKOFF_MAX = duration(
            "PGXL_BACKOFF_MAX", "60s", Duration.ofMillis(10), HOUR,
            "the longest of these waits; not shorter than PGXL_BACKOFF_FIRST");
    static final Setting<Duration> BACKOFF_RESET = duration(
            "PGXL_BACKOFF_RESET", "10s", Duration.ofMillis(10), HOUR,
            "a server that served so long is started again at once, and its waits begin anew");
    static final Setting<Integer> CRASH_LOOP_STARTS = new Setting<>(
            "PGXL_CRASH_LOOP_STARTS", "5", "a whole number from 2 to 1000",
            "this many starts within PGXL_CRASH_LOOP_WINDOW are reported as a crash loop",
            Parsers.integer(2, 1000));
    static final Setting<Duration> CRASH_LOOP_WINDOW = duration(
            "PGXL_CRASH_LOOP_WINDOW", "300s", Duration.ofSeconds(1), Duration.ofHours(24),
            "the window in which PGXL_CRASH_LOOP_STARTS counts");

    static final Setting<String> UNMENDED_GTM = new Setting<>(
            "PGXL_UNMENDED_GTM", "wait", "wait or start",
            "a GTM that has served, of servers without this project's mends: wait for pgxl start, or start at once",
            Parsers.word(List.of("wait", "start")));

    static final Setting<String> OLD_MASTER = new Setting<>(
            "PGXL_OLD_MASTER", "wait", "wait or start",
            "a coordinator or datanode while another server that was promoted has its name: wait, or serve all the same",
            Parsers.word(List.of("wait", "start")));

    static final Setting<String> IN_DOUBT = new Setting<>(
            "PGXL_IN_DOUBT", "resolve", "resolve, report or off",
            "what the agent beside a coordinator does about transactions that were left prepared on some nodes",
            Parsers.word(List.of("resolve", "report", "off")));
    static final Setting<Duration> IN_DOUBT_AGE = duration(
            "PGXL_IN_DOUBT_AGE", "45s", Duration.ofSeconds(2), HOUR,
            "how long a transaction has been prepared that is in doubt; it looks as often");

    static final List<Setting<?>> ALL = List.of(
            HOME, PREFIX, USER, STATE_DIR, ROLE, DIRECTORY_LOCK, LOG_LEVEL, LOG_FORMAT,
            SSH_PORT, SSH_LISTEN, SSH_MAX_SESSIONS, SSH_LOGIN_GRACE, SSH_HOST_KEYS, SSH_KEY_EXCHANGES, SSH_MACS, SSH_AUDIT,
            STATUS_PORT, STATUS_LISTEN,
            STOP_TIMEOUT, SETTLE_TIME, SCAN_DEPTH,
            BACKOFF_FIRST, BACKOFF_MAX, BACKOFF_RESET, CRASH_LOOP_STARTS, CRASH_LOOP_WINDOW,
            UNMENDED_GTM, OLD_MASTER, IN_DOUBT, IN_DOUBT_AGE);

    /** Variables of the launcher: no setting of this program, and no misspelt one either. */
    static final Set<String> OF_THE_LAUNCHER = Set.of("PGXL_JAVA", "PGXL_JAVA_OPTIONS");

    private SettingsTable() {
    }

    private static Setting<Duration> duration(
            String name, String standard, Duration least, Duration most, String meaning) {
        return new Setting<>(
                name,
                standard,
                "a time from " + Durations.text(least) + " to " + Durations.text(most)
                        + ", as 9 or 9s (seconds), 1500ms, 5min or 1h",
                meaning,
                Parsers.duration(least, most));
    }
}
