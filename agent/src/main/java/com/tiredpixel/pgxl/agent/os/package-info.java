/**
 * The only room that knows libc, {@code /proc} and signals.
 *
 * <p>Native calls come in three layers: {@code Libc}, a plain interface whose Javadoc says what the man
 * pages say; a package-private JNA class behind it; and above it classes that mean something, such as
 * {@link com.tiredpixel.pgxl.agent.os.ProcessStarter}. JNA types do not leave this package.
 */
package com.tiredpixel.pgxl.agent.os;
