package com.tiredpixel.pgxl.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SystemDirectoriesTest {

    @ParameterizedTest
    @ValueSource(strings = {"/", "/etc", "/etc/ssl", "/etc/a/b/c", "/usr", "/usr/bin", "/usr/lib/x", "/usr/local", "/usr/local/lib",
        "/root", "/srv", "/home", "/var", "/var/lib", "/var/log", "/tmp", "/run", "/dev/shm", "/proc/1", "/sys", "/boot/x", "/opt",
        "/mnt", "/media", "/lib64/x", "/sbin"})
    void ofTheSystemAreTheStandardsOwnAndWhatItFills(String directory) {
        assertEquals(true, SystemDirectories.contains(Path.of(directory)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/var/lib/postgres", "/var/lib/postgresql/data", "/data", "/srv/postgres", "/home/postgres",
        "/usr/local/pgsql", "/opt/postgres", "/mnt/volume", "/tmp/x", "/etcetera", "/pgdata/etc"})
    void whereVolumesLieTheyDoNot(String directory) {
        assertEquals(false, SystemDirectories.contains(Path.of(directory)));
    }
}
