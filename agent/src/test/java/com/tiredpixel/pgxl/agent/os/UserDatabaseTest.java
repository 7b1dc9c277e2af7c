package com.tiredpixel.pgxl.agent.os;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserDatabaseTest {
    @TempDir
    Path etc;

    private UserDatabase users;

    @BeforeEach
    void files() throws Exception {
        Files.writeString(etc.resolve("passwd"), """
                root:x:0:0:root:/root:/bin/bash

                +nis
                broken:x:one:1::/:/bin/sh
                short:x:5:5
                postgres:x:26:27:PostgreSQL, ü:/var/lib/postgres:/bin/bash
                twin:x:26:28::/twin:
                huge:x:4294967294:99999999999::/:/bin/sh
                """);
        Files.writeString(etc.resolve("group"), "root:x:0:\npg:x:27:postgres,other\nbad:x:x:\n");
        users = new UserDatabase(etc.resolve("passwd"), etc.resolve("group"));
    }

    @Test
    void aUserIsFoundByNameAndByNumber() {
        var postgres = new UserDatabase.User("postgres", 26, 27);

        assertEquals(Optional.of(postgres), users.user("postgres"));
        assertEquals(Optional.of(postgres), users.user(26));
    }

    @Test
    void whatIsNotThereOrMalformedIsEmpty() {
        for (String name : new String[] {"nobody", "", "+nis", "broken", "short", "huge"}) {
            assertEquals(Optional.empty(), users.user(name));
        }
        assertEquals(Optional.empty(), users.user(1));
        assertEquals(Optional.empty(), new UserDatabase(etc.resolve("no"), etc.resolve("no")).user("root"));
    }

    @Test
    void aGroupIsAlonesOnlyIfNobodyElseIsInIt() throws Exception {
        var postgres = users.user("postgres").orElseThrow();
        assertEquals(false, users.hasGroupAlone(postgres), "other is a member");
        Files.writeString(etc.resolve("group"), "pg:x:27:postgres\nx:x:271:other\n");
        assertEquals(true, users.hasGroupAlone(postgres));
        Files.writeString(etc.resolve("group"), "pg:x:27:\n");
        assertEquals(true, users.hasGroupAlone(postgres));
        Files.writeString(etc.resolve("group"), "pg:x:27:\nagain:x:27:other\n");
        assertEquals(false, users.hasGroupAlone(postgres), "a second line of the same number");
        Files.writeString(etc.resolve("group"), "");
        Files.writeString(etc.resolve("passwd"), Files.readString(etc.resolve("passwd")) + "mate:x:77:27::/:\n");
        assertEquals(false, users.hasGroupAlone(postgres), "the primary group of another");
    }
}
