package com.tiredpixel.pgxl.agent.ssh.peer;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Supplier;

/** How a peer says it. Each goes on until the other side ends it, or the peer's life is over. */
enum Manner {
    /** As fast as it can, and never reads. */
    FLOOD {
        @Override
        void carryOut(SshPeer peer, Supplier<byte[]> speech, Random random) throws IOException, GeneralSecurityException {
            while (true) {
                var packets = new ByteArrayOutputStream();
                while (packets.size() < AT_ONCE) {
                    packets.write(peer.packed(speech.get()));
                }
                peer.raw(packets.toByteArray());
            }
        }
    },

    /** Reads a little now and then. */
    FLOOD_AND_SIP {
        @Override
        void carryOut(SshPeer peer, Supplier<byte[]> speech, Random random) throws IOException, GeneralSecurityException {
            while (true) {
                for (int i = 0; i < 200; i++) {
                    peer.send(speech.get());
                }
                peer.sip();
            }
        }
    },

    /** One message, byte by byte. */
    TRICKLE {
        @Override
        void carryOut(SshPeer peer, Supplier<byte[]> speech, Random random) throws IOException, GeneralSecurityException {
            while (true) {
                for (byte b : peer.packed(speech.get())) {
                    peer.raw(new byte[] {b});
                    peer.pause(PAUSE);
                }
            }
        }
    },

    /** The first half of a message, and then silence. */
    HALF {
        @Override
        void carryOut(SshPeer peer, Supplier<byte[]> speech, Random random) throws IOException, GeneralSecurityException {
            byte[] packet = peer.packed(speech.get());
            peer.raw(Arrays.copyOf(packet, packet.length / 2));
            while (true) {
                peer.pause(PAUSE);
            }
        }
    },

    /** Says it once, and waits for something. */
    SILENCE {
        @Override
        void carryOut(SshPeer peer, Supplier<byte[]> speech, Random random) throws IOException, GeneralSecurityException {
            peer.send(speech.get());
            throw new EOFException("ended: " + peer.isEnded());
        }
    },

    /** With a bit turned, somewhere. */
    SPOILT {
        @Override
        void carryOut(SshPeer peer, Supplier<byte[]> speech, Random random) throws IOException, GeneralSecurityException {
            while (true) {
                byte[] packet = peer.packed(speech.get());
                packet[random.nextInt(packet.length)] ^= (byte) (1 << random.nextInt(8));
                peer.raw(packet);
            }
        }
    },

    /** No packets at all. */
    GARBAGE {
        @Override
        void carryOut(SshPeer peer, Supplier<byte[]> speech, Random random) throws IOException {
            while (true) {
                byte[] bytes = new byte[1 + random.nextInt(AT_ONCE)];
                random.nextBytes(bytes);
                peer.raw(bytes);
            }
        }
    },

    /** A length that promises much, and then as little as possible. */
    LONG_PROMISE {
        @Override
        void carryOut(SshPeer peer, Supplier<byte[]> speech, Random random) throws IOException, GeneralSecurityException {
            peer.raw(new byte[] {0, (byte) random.nextInt(5), (byte) random.nextInt(256), (byte) random.nextInt(256)});
            while (true) {
                peer.raw(new byte[10]);
                peer.pause(PAUSE);
            }
        }
    },

    /** Never a line's end, and never a message. */
    ENDLESS_LINE {
        @Override
        void carryOut(SshPeer peer, Supplier<byte[]> speech, Random random) throws IOException {
            byte[] line = new byte[AT_ONCE];
            Arrays.fill(line, (byte) (random.nextBoolean() ? 'x' : '\n'));
            while (true) {
                peer.raw(line);
            }
        }
    },

    /** Says it and is gone, by a reset. */
    ABORT {
        @Override
        void carryOut(SshPeer peer, Supplier<byte[]> speech, Random random) throws IOException, GeneralSecurityException {
            peer.send(speech.get());
            peer.abort();
        }
    };

    private static final int AT_ONCE = 16 * 1024;
    private static final int PAUSE = 20;

    /** @throws IOException when it is over */
    abstract void carryOut(SshPeer peer, Supplier<byte[]> speech, Random random)
            throws IOException, GeneralSecurityException;
}
