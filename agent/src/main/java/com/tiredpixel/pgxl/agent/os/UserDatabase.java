package com.tiredpixel.pgxl.agent.os;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The users in {@code /etc/passwd} and the groups in {@code /etc/group}, read afresh at every question. */
public final class UserDatabase {
    private static final int MOST_BYTES = 4 * 1024 * 1024;

    private final Path passwd;
    private final Path group;

    /**
     * A line of {@code passwd(5)}.
     *
     * @param name login name
     * @param uid user id
     * @param gid id of the primary group
     */
    public record User(String name, int uid, int gid) {
    }

    /** The files of this system. */
    public UserDatabase() {
        this(Path.of("/etc/passwd"), Path.of("/etc/group"));
    }

    /**
     * @param passwd in the form of {@code passwd(5)}
     * @param group in the form of {@code group(5)}
     */
    public UserDatabase(Path passwd, Path group) {
        this.passwd = passwd;
        this.group = group;
    }

    /** @return the first user of this name */
    public Optional<User> user(String name) {
        return firstUser(user -> user.name().equals(name));
    }

    /** @return the first user with this id */
    public Optional<User> user(int uid) {
        return firstUser(user -> user.uid() == uid);
    }

    /** @return the ids of the groups that list a user as a member; his primary group is not among them, or by chance */
    public Set<Integer> groupsOf(String user) {
        Set<Integer> groups = new LinkedHashSet<>();
        for (String line : lines(group)) {
            String[] fields = line.split(":", -1);
            if (fields.length == 4 && isNumber(fields[2]) && List.of(fields[3].split(",")).contains(user)) {
                groups.add(Integer.parseUnsignedInt(fields[2]));
            }
        }
        return groups;
    }

    /** @return whether the user's primary group has nobody else in it, as where each user has a group of his own */
    public boolean hasGroupAlone(User user) {
        boolean shared = lines(passwd).stream().map(UserDatabase::parse).flatMap(Optional::stream)
                .anyMatch(other -> other.gid() == user.gid() && !other.name().equals(user.name()));
        for (String line : lines(group)) {
            String[] fields = line.split(":", -1);
            if (fields.length >= 4 && fields[2].equals(Integer.toUnsignedString(user.gid()))) {
                shared |= !fields[3].isEmpty() && !fields[3].equals(user.name());
            }
        }
        return !shared;
    }

    private Optional<User> firstUser(Predicate<User> wanted) {
        for (String line : lines(passwd)) {
            Optional<User> user = parse(line).filter(wanted);
            if (user.isPresent()) {
                return user;
            }
        }
        return Optional.empty();
    }

    private static Optional<User> parse(String line) {
        String[] fields = line.split(":", -1);
        if (fields.length != 7 || fields[0].isEmpty() || !isNumber(fields[2]) || !isNumber(fields[3])) {
            return Optional.empty();
        }
        return Optional.of(new User(
                fields[0],
                Integer.parseUnsignedInt(fields[2]),
                Integer.parseUnsignedInt(fields[3])));
    }

    private static boolean isNumber(String text) {
        return text.matches("[0-9]{1,10}") && Long.parseLong(text) <= 0xFFFF_FFFFL;
    }

    private static List<String> lines(Path file) {
        return BoundedFiles.system().read(file, MOST_BYTES) instanceof FileRead.Content all
                ? new String(all.bytes(), StandardCharsets.ISO_8859_1).lines().toList()
                : List.of();
    }
}
