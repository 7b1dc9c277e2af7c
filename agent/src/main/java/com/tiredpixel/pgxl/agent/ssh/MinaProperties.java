package com.tiredpixel.pgxl.agent.ssh;

import java.time.Duration;
import org.apache.sshd.common.PropertyResolver;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.sftp.SftpModuleProperties;
import org.apache.sshd.sftp.server.SftpFileSystemAccessor;

/** What is set in MINA otherwise than by default. */
final class MinaProperties {
    /**
     * OpenSSH's client tells only servers whose name begins like this that its standard output is closed
     * ({@code SSH_NEW_OPENSSH} in compat.c), and without that {@code ssh node yes | head} would never end.
     * There is no version in it for scanners to take for OpenSSH's, and no minus sign, RFC 4253, section 4.2.
     */
    private static final String IDENTIFICATION = "OpenSSH_compatible_pgxl_agent";
    private static final Duration FOREVER = Duration.ofDays(36500);

    private MinaProperties() {
    }

    static void set(PropertyResolver server, SshSettings settings) {
        CoreModuleProperties.SERVER_IDENTIFICATION.set(server, IDENTIFICATION);
        CoreModuleProperties.AUTH_METHODS.set(server, UserAuthPublicKeyFactory.NAME);
        // Each key costs two requests, the offer and the signature; failures are counted by FailedLogins.
        CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, 2 * FailedLogins.MOST + 1);
        CoreModuleProperties.MAX_CONCURRENT_SESSIONS.set(server, settings.maxSessions());
        CoreModuleProperties.TCP_NODELAY.set(server, true);
        CoreModuleProperties.SOCKET_KEEPALIVE.set(server, true);
        CoreModuleProperties.SOCKET_BACKLOG.set(server, 511);
        // pg_basebackup may be silent for hours, and a client may be stopped for as long.
        CoreModuleProperties.IDLE_TIMEOUT.set(server, Duration.ZERO);
        CoreModuleProperties.NIO2_READ_TIMEOUT.set(server, Duration.ZERO);
        CoreModuleProperties.NIO2_MIN_WRITE_TIMEOUT.set(server, Duration.ZERO);
        CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT.set(server, FOREVER);
        CoreModuleProperties.BUFFERED_IO_OUTPUT_MAX_PENDING_WRITE_WAIT.set(server, FOREVER);
        CoreModuleProperties.BUFFERED_IO_OUTPUT_MAX_PENDING_WRITE_SIZE.set(server, 2 * HeapShare.PIECE);
        SftpModuleProperties.MAX_OPEN_HANDLES_PER_SESSION.set(server, 100);
        // A request has to fit into the window, for MINA opens that again only when it has the whole of one.
        SftpModuleProperties.MAX_READDATA_PACKET_LENGTH.set(server, 32 * 1024);
        SftpModuleProperties.MAX_WRITEDATA_PACKET_LENGTH.set(server, 32 * 1024);
        // OpenSSH does not wait for the disk at each close either.
        server.getProperties().put(SftpFileSystemAccessor.PROP_AUTO_SYNC_FILE_ON_CLOSE, false);
    }
}
