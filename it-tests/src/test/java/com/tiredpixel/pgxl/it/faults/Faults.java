package com.tiredpixel.pgxl.it.faults;

import com.tiredpixel.pgxl.it.OnStage;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/** Experiments that {@code scripts/faults} runs and {@code mvn verify} leaves out. Each test fills rows of the table. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@OnStage
@Tag("faults")
@interface Faults {
}
