/** MINA's algorithms, carried out by {@link com.tiredpixel.pgxl.agent.os.crypto.LibCrypto}. */
package com.tiredpixel.pgxl.agent.ssh.openssl;
