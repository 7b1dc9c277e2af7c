/**
 * What should run: one state machine for each node, backoff, stop plan.
 */
package com.tiredpixel.pgxl.agent.supervisor;
