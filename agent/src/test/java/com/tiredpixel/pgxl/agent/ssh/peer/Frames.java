package com.tiredpixel.pgxl.agent.ssh.peer;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Puts payloads into packets and takes them out: plain, RFC 4253, or by aes128-gcm, RFC 5647. One direction. */
final class Frames {
    private static final int TAG = 16;
    private static final int BLOCK = 16;
    private static final int LONGEST = 300_000;

    private Cipher cipher;
    private SecretKeySpec key;
    private byte[] nonce;

    /** From here on encrypted. */
    void use(byte[] newKey, byte[] newNonce) throws GeneralSecurityException {
        cipher = Cipher.getInstance("AES/GCM/NoPadding");
        key = new SecretKeySpec(newKey, "AES");
        nonce = newNonce.clone();
    }

    byte[] pack(byte[] payload) throws GeneralSecurityException {
        int block = cipher == null ? 8 : BLOCK;
        int header = cipher == null ? 5 : 1;
        int padding = 4 + Math.floorMod(-(header + payload.length + 4), block);
        int length = 1 + payload.length + padding;
        byte[] packet = ByteBuffer.allocate(4 + length)
                .putInt(length).put((byte) padding).put(payload).array();
        if (cipher == null) {
            return packet;
        }
        byte[] sealed = Arrays.copyOf(packet, packet.length + TAG);
        begin(Cipher.ENCRYPT_MODE, packet);
        cipher.doFinal(packet, 4, length, sealed, 4);
        return sealed;
    }

    byte[] unpack(InputStream in) throws IOException, GeneralSecurityException {
        var data = new DataInputStream(in);
        byte[] head = new byte[4];
        data.readFully(head);
        int length = ByteBuffer.wrap(head).getInt();
        if (length < 2 || length > LONGEST) {
            throw new IOException("a packet of " + length + " bytes");
        }
        byte[] rest = new byte[length + (cipher == null ? 0 : TAG)];
        data.readFully(rest);
        if (cipher != null) {
            begin(Cipher.DECRYPT_MODE, head);
            rest = cipher.doFinal(rest);
        }
        return Arrays.copyOfRange(rest, 1, length - rest[0]);
    }

    private void begin(int mode, byte[] packet) throws GeneralSecurityException {
        cipher.init(mode, key, new GCMParameterSpec(8 * TAG, nonce));
        cipher.updateAAD(packet, 0, 4);
        ByteBuffer counter = ByteBuffer.wrap(nonce);
        counter.putLong(4, counter.getLong(4) + 1);
    }
}
