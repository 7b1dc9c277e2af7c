package com.tiredpixel.pgxl.agent.ssh.peer;

import java.io.IOException;
import java.security.GeneralSecurityException;

/** How far a peer goes as it should, before it misbehaves. */
enum Step {
    CONNECTED,
    IDENTIFIED,
    PROPOSED,
    SHARED,
    ENCRYPTED,
    SERVED,
    REFUSED,
    LOGGED_IN,
    WITH_A_CHANNEL,
    WITH_INPUT_UNREAD,
    WITH_OUTPUT_UNREAD,
    IN_A_SECOND_EXCHANGE,
    IN_A_SECOND_EXCHANGE_HALF_WAY;

    private static final long WINDOW = 0x7fff_ffff;

    boolean isBeforeLogin() {
        return compareTo(LOGGED_IN) < 0;
    }

    /** @return the number of an open channel, or one that is none */
    int reach(SshPeer peer, boolean strict, String user, Identity key) throws IOException, GeneralSecurityException {
        if (this == CONNECTED) {
            return 0;
        }
        if (compareTo(ENCRYPTED) < 0) {
            return begin(peer, strict);
        }
        peer.greet(strict);
        if (this == SERVED) {
            peer.askForService();
        } else if (this == REFUSED) {
            peer.askForService();
            peer.send(SshPeer.forged(user, key));
            peer.await(Message.USERAUTH_FAILURE);
        } else if (!isBeforeLogin()) {
            peer.login(user, key);
        }
        return compareTo(LOGGED_IN) <= 0 ? 0 : work(peer);
    }

    private int begin(SshPeer peer, boolean strict) throws IOException, GeneralSecurityException {
        peer.identify();
        peer.readIdentification();
        if (compareTo(PROPOSED) >= 0) {
            peer.propose(strict);
            peer.readProposal();
        }
        if (this == SHARED) {
            peer.share();
            peer.readReply();
        }
        return 0;
    }

    private int work(SshPeer peer) throws IOException, GeneralSecurityException {
        int channel = peer.openChannel(WINDOW);
        switch (this) {
            case WITH_INPUT_UNREAD -> peer.send(SshPeer.exec(channel, "sleep 20", false));
            case WITH_OUTPUT_UNREAD -> peer.send(SshPeer.exec(channel, "yes", false));
            case IN_A_SECOND_EXCHANGE -> peer.propose(false);
            case IN_A_SECOND_EXCHANGE_HALF_WAY -> {
                peer.propose(false);
                peer.readProposal();
                peer.share();
                peer.readReply();
            }
            default -> { }
        }
        return channel;
    }
}
