/**
 * What must be true of a data directory before a server starts in it: it is ours alone, no command of the operator is at
 * work on it, nothing of a dead server is left, and nobody else may enter it.
 */
package com.tiredpixel.pgxl.agent.supervisor.directory;
