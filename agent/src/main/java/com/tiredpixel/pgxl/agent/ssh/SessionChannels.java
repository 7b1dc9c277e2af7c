package com.tiredpixel.pgxl.agent.ssh;

import java.util.function.Supplier;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.session.Session;

/** The one kind of channel that a client may open. */
record SessionChannels(Supplier<SessionChannel> maker) implements ChannelFactory {
    @Override
    public String getName() {
        return "session";
    }

    @Override
    public Channel createChannel(Session session) {
        return maker.get();
    }
}
