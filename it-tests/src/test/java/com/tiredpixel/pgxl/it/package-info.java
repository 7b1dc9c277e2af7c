/**
 * The agent as a real PID 1 in a sandbox of namespaces, driven from outside with real tools.
 *
 * <p>{@link com.tiredpixel.pgxl.it.Stage} gives a test its sandboxes and clears them away.
 */
package com.tiredpixel.pgxl.it;
