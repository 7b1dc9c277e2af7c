/**
 * Standard output: one line an event, what servers print, and never a wait for a slow reader.
 */
package com.tiredpixel.pgxl.agent.log;
