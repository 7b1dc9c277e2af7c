package com.tiredpixel.pgxl.agent.os;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Gives up root for the whole process, and looks whether it is really gone. */
public final class Privileges {
    /** Not the inheritable set: it survives a change of user, but under no_new_privs it is worth nothing. */
    private static final List<String> CAPABILITY_SETS = List.of("CapPrm", "CapEff", "CapAmb");

    private final Libc libc;
    private final Path process;
    private final UserDatabase users;

    /** @param libc the C library */
    public Privileges(Libc libc) {
        this(libc, Path.of("/proc/self"), new UserDatabase());
    }

    Privileges(Libc libc, Path process, UserDatabase users) {
        this.libc = libc;
        this.process = process;
        this.users = users;
    }

    /** What came of {@link #drop}. */
    public sealed interface Drop {

        /** Every thread runs as the user, without a capability, and there is no way back. */
        record Done() implements Drop {
        }

        /**
         * Some of it did not happen, and the process must not go on.
         *
         * @param reason a lower-case sentence with the errno or the thread
         */
        record Failed(String reason) implements Drop {
        }
    }

    /** Whether {@code execve} can still give a thread more rights than it has. */
    public sealed interface NoNewPrivileges {

        /** {@code no_new_privs} is set on every thread. */
        record Everywhere() implements NoNewPrivileges {
        }

        /**
         * The bit belongs to a thread, and some lack it; only a launcher can set it on all.
         *
         * @param threads their ids
         */
        record MissingOn(List<Integer> threads) implements NoNewPrivileges {
            /** Copies the list. */
            public MissingOn {
                threads = List.copyOf(threads);
            }
        }
    }

    /** @return whether the effective user is root */
    public boolean isRoot() {
        return libc.geteuid() == 0;
    }

    /**
     * Groups that whoever started the container gave it, by {@code docker run --group-add} or Kubernetes'
     * {@code supplementalGroups}, of the many that a process of root may have.
     *
     * @return their ids; without root's own group and without those in which {@code /etc/group} lists root
     */
    public Set<Integer> givenGroups() {
        Set<Integer> groups = ProcStatus.read(process.resolve("status"))
                .map(ProcStatus::groups).orElseGet(LinkedHashSet::new);
        groups.remove(0);
        groups.removeAll(users.groupsOf("root"));
        return groups;
    }

    /**
     * Becomes another user for good: supplementary groups, those that the container was given among them, group ids,
     * user ids. glibc does this on every
     * thread; the kernel clears the capabilities of each ({@code capabilities(7)}). Then every thread is looked
     * at, and {@code setuid(0)} has to fail.
     *
     * @param user not root
     */
    public Drop drop(UserDatabase.User user) {
        if (user.uid() == 0) {
            return new Drop.Failed("user " + user.name() + " is root itself");
        }
        byte[] name = NativeStrings.terminated(NativeStrings.text(user.name()));
        Set<Integer> given = givenGroups();
        int result = libc.initgroups(name, user.gid());
        if (result < 0) {
            return failed("initgroups", user, result);
        }
        if (!given.isEmpty()) {
            given.addAll(ProcStatus.read(process.resolve("status")).map(ProcStatus::groups).orElseGet(LinkedHashSet::new));
            result = libc.setgroups(given.stream().mapToInt(Integer::intValue).toArray());
            if (result < 0) {
                return failed("setgroups", user, result);
            }
        }
        result = libc.setresgid(user.gid(), user.gid(), user.gid());
        if (result < 0) {
            return failed("setresgid", user, result);
        }
        result = libc.setresuid(user.uid(), user.uid(), user.uid());
        if (result < 0) {
            return failed("setresuid", user, result);
        }
        if (libc.setuid(0) == 0) {
            return new Drop.Failed("after the change to user " + user.name() + " setuid(0) still succeeds");
        }
        List<String> faults = faults(user);
        return faults.isEmpty() ? new Drop.Done() : new Drop.Failed(String.join("; ", faults));
    }

    private static Drop failed(String call, UserDatabase.User user, int result) {
        return new Drop.Failed("cannot become user " + user.name() + " (uid " + user.uid() + ", gid " + user.gid()
                + "): " + call + ": " + Errno.describe(result));
    }

    private List<String> faults(UserDatabase.User user) {
        List<String> faults = new ArrayList<>();
        for (OwnThreads.Thread thread : OwnThreads.list(process)) {
            if (!all(thread.status().ids("Uid"), user.uid()) || !all(thread.status().ids("Gid"), user.gid())) {
                faults.add("thread " + thread.id() + " has uid " + thread.status().field("Uid") + " and gid "
                        + thread.status().field("Gid"));
            }
            for (String set : CAPABILITY_SETS) {
                if (thread.status().mask(set) != 0) {
                    faults.add("thread " + thread.id() + " has " + set + " " + thread.status().field(set));
                }
            }
        }
        return faults;
    }

    private static boolean all(int[] ids, int wanted) {
        for (int id : ids) {
            if (id != wanted) {
                return false;
            }
        }
        return true;
    }

    /** Looks at every thread; {@code setpriv --no-new-privs} in the launcher is what sets it. */
    public NoNewPrivileges noNewPrivileges() {
        List<Integer> missing = new ArrayList<>();
        for (OwnThreads.Thread thread : OwnThreads.list(process)) {
            if (!thread.status().field("NoNewPrivs").equals("1")) {
                missing.add(thread.id());
            }
        }
        return missing.isEmpty() ? new NoNewPrivileges.Everywhere() : new NoNewPrivileges.MissingOn(missing);
    }
}
