package com.tiredpixel.pgxl.agent.ssh;

import java.io.InputStream;
import java.io.OutputStream;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.command.Command;

/** A command that needs none of the streams that MINA would have it read and write: it uses its channel. */
interface CommandWithOwnStreams extends Command {
    @Override
    default void setInputStream(InputStream in) {
    }

    @Override
    default void setOutputStream(OutputStream out) {
    }

    @Override
    default void setErrorStream(OutputStream err) {
    }

    @Override
    default void setExitCallback(ExitCallback callback) {
    }
}
