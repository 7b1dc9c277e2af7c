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
import org.apache.sshd.sftp.server.SftpSubsystem;
import org.apache.sshd.sftp.server.SftpSubsystemConfigurator;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;

/** Files over SFTP, and over scp's own protocol where no {@code scp} program is at hand. Paths begin at home. */
final class FileTransfer {
    private final Path home;
    private final SftpSubsystemFactory sftp;
    private final ScpCommandFactory scp;

    FileTransfer(Path home, CloseableExecutorService executor) {
        this.home = home;
        // A wrapper each: a transfer shuts its executor down at its end.
        Supplier<CloseableExecutorService> shared = () -> ThreadUtils.noClose(executor);
        this.sftp = new SftpSubsystemFactory.Builder()
                .withExecutorServiceProvider(shared)
                .build();
        this.scp = new ScpCommandFactory.Builder()
                .withFileOpener(new HomeOpener())
                .withExecutorServiceProvider(shared)
                .build();
    }

    boolean isScp(String line) {
        return line.startsWith("scp ");
    }

    Command scp(SessionChannel channel, String line) throws IOException {
        return scp.createCommand(channel, line);
    }

    Command sftp(SessionChannel channel) {
        return new HomeSftp(channel, sftp);
    }

    private final class HomeSftp extends SftpSubsystem {
        HomeSftp(SessionChannel channel, SftpSubsystemConfigurator configurator) {
            super(channel, configurator);
            defaultDir = home;
        }
    }

    private final class HomeOpener extends DefaultScpFileOpener {
        @Override
        public Path resolveLocalPath(Session session, FileSystem fileSystem, String path) {
            return home.resolve(path).normalize();
        }
    }
}
