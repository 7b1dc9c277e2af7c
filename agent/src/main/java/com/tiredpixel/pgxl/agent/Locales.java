package com.tiredpixel.pgxl.agent;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.log.VisibleText;
import com.tiredpixel.pgxl.agent.os.InstalledLocales;
import java.util.Map;
import java.util.TreeMap;

/** Whether the system has the locales that the environment asks for: initdb fails with one that it has not. */
final class Locales {
    private final InstalledLocales installed;
    private final EventLog log;

    Locales(InstalledLocales installed, EventLog log) {
        this.installed = installed;
        this.log = log;
    }

    /** @param environment of servers and sessions; a warning for each of LANG and LC_… that names no locale of the system */
    void check(Map<String, String> environment) {
        new TreeMap<>(environment).forEach((name, value) -> {
            boolean isLocale = name.equals("LANG") || name.startsWith("LC_");
            if (isLocale && !installed.has(value)) {
                log.warn("agent", name + " is " + VisibleText.of(value) + ", a locale that is not installed here: initdb"
                        + " refuses it; C.UTF-8 is always there");
            }
        });
    }
}
