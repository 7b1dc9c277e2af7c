package com.tiredpixel.pgxl.agent.ssh;

import java.io.IOException;
import java.net.SocketOption;
import java.nio.channels.AsynchronousSocketChannel;
import java.util.List;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;
import org.apache.sshd.common.io.nio2.Nio2Session;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;

/**
 * Acknowledges what the client sends during the handshake at once. OpenSSH's client writes twice there without
 * waiting for an answer; Nagle's algorithm on its side and delayed acknowledgement on ours then cost 40 ms,
 * once or twice a connection. The kernel resets the option by itself, tcp(7), hence at every step.
 */
final class QuickAck implements SessionListener {
    private static final SocketOption<Boolean> OPTION = ExtendedSocketOptions.TCP_QUICKACK;

    @Override
    public void sessionEstablished(Session session) {
        acknowledge(session);
    }

    @Override
    public void sessionPeerIdentificationReceived(Session session, String version, List<String> extraLines) {
        acknowledge(session);
    }

    @Override
    public void sessionNegotiationEnd(
            Session session,
            Map<KexProposalOption, String> clientProposal,
            Map<KexProposalOption, String> serverProposal,
            Map<KexProposalOption, String> negotiatedOptions,
            Throwable reason) {
        acknowledge(session);
    }

    @Override
    public void sessionEvent(Session session, Event event) {
        acknowledge(session);
    }

    private static void acknowledge(Session session) {
        if (session.getIoSession() instanceof Nio2Session nio) {
            AsynchronousSocketChannel socket = nio.getSocket();
            try {
                if (socket.supportedOptions().contains(OPTION)) {
                    socket.setOption(OPTION, true);
                }
            } catch (IOException | RuntimeException e) {
                // Without it all works, only slower.
            }
        }
    }
}
