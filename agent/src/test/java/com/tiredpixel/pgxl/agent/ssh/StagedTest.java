package com.tiredpixel.pgxl.agent.ssh;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A test whose every method has a {@link Stage} of its own. */
abstract class StagedTest {
    protected Stage stage;

    @BeforeEach
    void set() throws Exception {
        stage = Stage.set();
    }

    @AfterEach
    void strike() {
        if (stage != null) {
            stage.close();
        }
    }
}
