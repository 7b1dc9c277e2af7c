/**
 * Encryption by the {@code libcrypto} of OpenSSL that every image has, for OpenSSH's client needs it. The JVM's own
 * ciphers are quick only as machine code of its second compiler, which costs PID 1 eight megabytes.
 */
package com.tiredpixel.pgxl.agent.os.crypto;
