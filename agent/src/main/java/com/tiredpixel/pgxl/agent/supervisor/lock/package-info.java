/**
 * Whose a data directory is. On a file system of one kernel its lock says so. On one that several machines may mount
 * (NFS, SMB, FUSE, 9p) no lock of the kernel is enough: there a record beside the directory names the owner, and only
 * the owner, an operator or a proof of the owner's death takes it away.
 */
package com.tiredpixel.pgxl.agent.supervisor.lock;
