package com.tiredpixel.pgxl.agent.ssh;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.threads.CloseableExecutorService;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.apache.sshd.scp.common.helpers.DefaultScpFileOpener;
import org.apache.sshd.scp.server.ScpCommandFactory;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpHelper;
import org.apache.sshd.sftp.server.SftpErrorStatusDataHandler;
import org.apache.sshd.sftp.server.SftpSubsystem;
import org.apache.sshd.sftp.server.SftpSubsystemConfigurator;
import org.apache.sshd.sftp.server.SftpSubsystemEnvironment;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;

/**
 * Files over SFTP, and over scp's own protocol where no program for them is at hand. Paths begin at home. The
 * factories are made anew for each: where OpenSSH's programs are, their hundred classes are never loaded.
 */
final class FileTransfer {
    private final Path home;
    /** A wrapper each: a transfer shuts its executor down at its end. */
    private final Supplier<CloseableExecutorService> shared;

    FileTransfer(Path home, CloseableExecutorService executor) {
        this.home = home;
        this.shared = () -> ThreadUtils.noClose(executor);
    }

    boolean isScp(String line) {
        return line.startsWith("scp ");
    }

    Command scp(SessionChannel channel, String line) throws IOException {
        return new ScpCommandFactory.Builder()
                .withFileOpener(new HomeOpener())
                .withExecutorServiceProvider(shared)
                .build()
                .createCommand(channel, line);
    }

    Command sftp(SessionChannel channel) {
        return new HomeSftp(channel, new SftpSubsystemFactory.Builder()
                .withSftpErrorStatusDataHandler(new ErrorsOfVersion3())
                .withExecutorServiceProvider(shared)
                .build());
    }

    private final class HomeSftp extends SftpSubsystem {
        HomeSftp(SessionChannel channel, SftpSubsystemConfigurator configurator) {
            super(channel, configurator);
            defaultDir = home;
        }
    }

    /** OpenSSH's client speaks version 3 of the protocol, which knows eight errors; MINA answers with later ones. */
    private static final class ErrorsOfVersion3 implements SftpErrorStatusDataHandler {
        @Override
        public int resolveSubStatus(
                SftpSubsystemEnvironment subsystem, int id, Throwable problem, int command, Object... arguments) {
            int status = SftpHelper.resolveSubstatus(problem);
            if (status <= SftpConstants.SSH_FX_OP_UNSUPPORTED || subsystem.getVersion() > SftpConstants.SFTP_V3) {
                return status;
            }
            return switch (status) {
                case SftpConstants.SSH_FX_NO_SUCH_PATH -> SftpConstants.SSH_FX_NO_SUCH_FILE;
                case SftpConstants.SSH_FX_WRITE_PROTECT -> SftpConstants.SSH_FX_PERMISSION_DENIED;
                default -> SftpConstants.SSH_FX_FAILURE;
            };
        }
    }

    private final class HomeOpener extends DefaultScpFileOpener {
        @Override
        public Path resolveLocalPath(Session session, FileSystem fileSystem, String path) {
            return home.resolve(path).normalize();
        }
    }
}
