package com.tiredpixel.pgxl.agent.supervisor.server;

import com.tiredpixel.pgxl.agent.node.FileContent;
import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.os.DurableFile;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * {@link KeptEnvironment} of each node in a file of the state directory, for the next container: a line {@code NAME=VALUE}
 * for each variable, with {@code \n} and {@code \\} for what a line cannot hold. There may be secrets in it, so only the
 * user of the servers can read it.
 */
public final class EnvironmentFiles {
    private static final int LARGEST = 256 * 1024;
    /** A file name has 255 bytes. */
    private static final int LONGEST_NAME = 200;

    private final Path folder;
    private final Path home;

    /**
     * @param folder need not exist
     * @param home {@code PGXL_HOME}, real path
     */
    public EnvironmentFiles(Path folder, Path home) {
        this.folder = folder;
        this.home = home;
    }

    /** @return the file of a data directory, named by its path below the home */
    Path file(Path directory) {
        String name = URLEncoder.encode(VolumeScan.inHome(home, directory).toString(), StandardCharsets.UTF_8);
        return folder.resolve(name.length() <= LONGEST_NAME
                ? name
                : UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString());
    }

    /** @return what was kept; nothing if nothing was */
    public Map<String, String> read(Path directory) throws IOException {
        FileContent content = FileContent.readUnlinked(file(directory), LARGEST);
        if (content instanceof FileContent.Unreadable unreadable) {
            throw new IOException(unreadable.reason());
        }
        Map<String, String> variables = new TreeMap<>();
        if (content instanceof FileContent.Content text) {
            if (!text.complete()) {
                throw new IOException(file(directory) + " is larger than " + LARGEST + " bytes");
            }
            text.text().lines().forEach(line -> {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    variables.put(line.substring(0, equals), unescape(line.substring(equals + 1)));
                }
            });
        }
        return variables;
    }

    /** Keeps these; none removes the file. */
    public void write(Path directory, Map<String, String> variables) throws IOException {
        Path file = file(directory);
        if (variables.isEmpty()) {
            Files.deleteIfExists(file);
            return;
        }
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder.getParent());
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        StringBuilder text = new StringBuilder();
        variables.forEach((name, value) -> text.append(name).append('=').append(escape(value)).append('\n'));
        DurableFile.write(file, text.toString());
    }

    /** Forgets what was kept. */
    public void remove(Path directory) throws IOException {
        Files.deleteIfExists(file(directory));
    }

    private static String escape(String value) {
        return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }

    private static String unescape(String text) {
        StringBuilder value = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                c = text.charAt(++i);
                c = c == 'n' ? '\n' : c == 'r' ? '\r' : c;
            }
            value.append(c);
        }
        return value.toString();
    }
}
