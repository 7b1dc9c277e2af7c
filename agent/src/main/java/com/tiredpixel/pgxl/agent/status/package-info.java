/**
 * What others see and steer: status, health and metrics, and the command {@code pgxl}.
 *
 * <p>{@link com.tiredpixel.pgxl.agent.status.StatusServer} is the way in. One thread with a selector ({@code loop})
 * serves every client ({@code http}) and makes every probe of a server ({@code probe}); what reads files runs in two
 * threads that come and go. {@code pgxl} is a client that proves that it can read a token, which only the user of the
 * servers and root can. Nothing here changes a node by itself: orders go to the supervisor.
 */
package com.tiredpixel.pgxl.agent.status;
