/**
 * The SSH server: keys, exec, shell, sftp, scp, audit. MINA types do not leave this package, and it does not
 * know the supervisor: a process started over SSH becomes a node by being seen.
 */
package com.tiredpixel.pgxl.agent.ssh;
