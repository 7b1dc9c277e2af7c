/**
 * A client of SSH that can do each step of the protocol wrongly, half, and for ever. It knows nothing of the agent and
 * uses nothing but the JDK, so that it may attack an agent in a sandbox too.
 */
package com.tiredpixel.pgxl.agent.ssh.peer;
