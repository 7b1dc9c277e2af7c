/**
 * What others see and steer: status, health and metrics over HTTP, probes, and the command {@code pgxl}.
 *
 * <p>One thread with a selector serves every client and makes every probe; what reads files runs in two
 * threads that come and go. {@code pgxl} is a client like any other, and may steer because it can read a
 * token that only the user of the servers and root can. Nothing here changes a node by itself: orders go to
 * the supervisor.
 */
package com.tiredpixel.pgxl.agent.status;
