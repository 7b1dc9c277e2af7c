package com.tiredpixel.pgxl.agent.ssh;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** What a client asks by SSH_MSG_USERAUTH_REQUEST, RFC 4252, section 5: as far as it can be read. */
sealed interface LoginRequest {

    /** By a key, with a signature or as a question whether it would do. */
    record ByKey(String type, String fingerprint, boolean signed) implements LoginRequest {
    }

    /** By another method, {@code none} included. */
    record ByOther(String method) implements LoginRequest {
    }

    /** Not as the standard has it. */
    record Malformed() implements LoginRequest {
    }

    /** @param message left as it is */
    static LoginRequest read(Buffer message) {
        var copy = new ByteArrayBuffer(message.array(), message.rpos() + 1, message.available() - 1, true);
        try {
            copy.getString();
            copy.getString();
            String method = copy.getString();
            if (!method.equals("publickey")) {
                return new ByOther(method);
            }
            boolean signed = copy.getBoolean();
            String type = copy.getString();
            return new ByKey(type, fingerprint(copy.getBytes()), signed);
        } catch (RuntimeException e) {
            return new Malformed();
        }
    }

    private static String fingerprint(byte[] key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key);
            return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
