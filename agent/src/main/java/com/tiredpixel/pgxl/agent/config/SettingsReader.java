package com.tiredpixel.pgxl.agent.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the environment by the table, and collects every error rather than the first. */
final class SettingsReader {
    private static final Pattern LINK = Pattern.compile("(tcp|udp|sctp)://.*");

    private final Map<String, String> environment;
    private final List<String> errors = new ArrayList<>();

    SettingsReader(Map<String, String> environment) {
        this.environment = new HashMap<>(environment);
    }

    Settings.Reading read() {
        List<String> warnings = new ArrayList<>(Misspelling.warnings(environment.keySet()));
        SettingsTable.ALL.stream().map(Setting::name).forEach(name -> withoutLink(name, warnings));
        Settings settings = settings();
        return errors.isEmpty()
                ? new Settings.Reading.Valid(settings, List.copyOf(warnings))
                : new Settings.Reading.Invalid(List.copyOf(errors), List.copyOf(warnings));
    }

    /**
     * A service called pgxl-ssh is described in the environment of every pod of its namespace, its address and port in
     * PGXL_SSH_PORT; Docker does so with the containers of {@code --link}.
     */
    private void withoutLink(String name, List<String> warnings) {
        String value = environment.getOrDefault(name, "");
        if (name.endsWith("_PORT") && LINK.matcher(value).matches()) {
            environment.remove(name);
            warnings.add(name + " is \"" + Printable.of(value) + "\", which describes a service of Kubernetes or a link of"
                    + " Docker: it has no effect; enableServiceLinks: false in the pod's specification keeps it out");
        }
    }

    private Settings settings() {
        Path home = value(SettingsTable.HOME);
        return new Settings(
                home,
                value(SettingsTable.PREFIX),
                value(SettingsTable.USER),
                stateDirectory(home),
                optional(SettingsTable.ROLE),
                value(SettingsTable.DIRECTORY_LOCK),
                value(SettingsTable.LOG_LEVEL),
                value(SettingsTable.LOG_FORMAT),
                new Settings.Ssh(
                        value(SettingsTable.SSH_LISTEN),
                        value(SettingsTable.SSH_PORT),
                        value(SettingsTable.SSH_MAX_SESSIONS),
                        value(SettingsTable.SSH_LOGIN_GRACE),
                        value(SettingsTable.SSH_HOST_KEYS),
                        value(SettingsTable.SSH_KEY_EXCHANGES),
                        value(SettingsTable.SSH_MACS),
                        value(SettingsTable.SSH_AUDIT)),
                new Settings.Status(value(SettingsTable.STATUS_LISTEN), value(SettingsTable.STATUS_PORT)),
                value(SettingsTable.STOP_TIMEOUT),
                value(SettingsTable.SETTLE_TIME),
                value(SettingsTable.SCAN_DEPTH),
                backoff(),
                new Settings.Cluster(
                        value(SettingsTable.UNMENDED_GTM).equals("wait"),
                        value(SettingsTable.OLD_MASTER).equals("wait"),
                        value(SettingsTable.IN_DOUBT),
                        value(SettingsTable.IN_DOUBT_AGE)));
    }

    private Settings.Backoff backoff() {
        Duration first = value(SettingsTable.BACKOFF_FIRST);
        Duration longest = value(SettingsTable.BACKOFF_MAX);
        if (longest.compareTo(first) < 0) {
            errors.add(SettingsTable.BACKOFF_MAX.name() + " is " + Durations.text(longest)
                    + ", but must not be shorter than " + SettingsTable.BACKOFF_FIRST.name() + ", which is "
                    + Durations.text(first));
        }
        return new Settings.Backoff(
                first,
                longest,
                value(SettingsTable.BACKOFF_RESET),
                value(SettingsTable.CRASH_LOOP_STARTS),
                value(SettingsTable.CRASH_LOOP_WINDOW));
    }

    private Path stateDirectory(Path home) {
        Setting<Path> setting = SettingsTable.STATE_DIR;
        boolean given = !environment.getOrDefault(setting.name(), "").isEmpty();
        return given ? parse(setting, setting.text(environment)).orElse(home) : home.resolve(".pgxl");
    }

    /** After an error the default stands in, so that the other settings are checked too. */
    private <T> T value(Setting<T> setting) {
        return parse(setting, setting.text(environment))
                .or(() -> setting.parser().apply(setting.standard()))
                .orElseThrow(() -> new IllegalStateException("bad default of " + setting.name()));
    }

    private <T> Optional<T> optional(Setting<T> setting) {
        String text = setting.text(environment);
        return text.isEmpty() ? Optional.empty() : parse(setting, text);
    }

    private <T> Optional<T> parse(Setting<T> setting, String text) {
        Optional<T> value = setting.parser().apply(text);
        if (value.isEmpty()) {
            errors.add(setting.refusal(text));
        }
        return value;
    }
}
