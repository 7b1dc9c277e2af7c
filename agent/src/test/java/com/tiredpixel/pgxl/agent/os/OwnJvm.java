package com.tiredpixel.pgxl.agent.os;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * For test classes that run a {@link Reaper}: it takes the status of every child of its JVM, also of those that
 * {@link ProcessBuilder} made in some other class. The build gives each of them a JVM of its own.
 */
@Tag("own-jvm")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface OwnJvm {
}
