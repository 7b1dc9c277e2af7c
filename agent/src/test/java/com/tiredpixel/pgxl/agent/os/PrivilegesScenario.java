package com.tiredpixel.pgxl.agent.os;

import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Drops root and says what is left. */
final class PrivilegesScenario {
    private PrivilegesScenario() {
    }

    public static void main(String[] arguments) throws Exception {
        Libc libc = Libc.load();
        Privileges privileges = new Privileges(libc);
        System.out.println(privileges.noNewPrivileges());
        System.out.println(privileges.drop(new UserDatabase().user(arguments[0]).orElseThrow()));
        System.out.println("root " + privileges.isRoot());

        Reaper reaper = new Reaper(
                libc, (level, subject, message) -> System.out.println(message), MonotonicClock.system());
        reaper.start();
        Child child = new Processes(libc, reaper).start(Command.of(
                Path.of("/bin/sh"),
                List.of("-c", "echo child $(id -u) $(id -G)"),
                Map.of("PATH", "/usr/bin:/bin"),
                Path.of("/")));
        System.out.print(Eventually.text(child));
    }
}
