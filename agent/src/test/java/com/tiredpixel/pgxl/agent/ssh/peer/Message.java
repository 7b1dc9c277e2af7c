package com.tiredpixel.pgxl.agent.ssh.peer;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Writes the payload of a packet, RFC 4251, section 5. */
public final class Message {
    public static final int DISCONNECT = 1;
    public static final int IGNORE = 2;
    public static final int SERVICE_REQUEST = 5;
    public static final int SERVICE_ACCEPT = 6;
    public static final int KEXINIT = 20;
    public static final int NEWKEYS = 21;
    public static final int KEX_INIT = 30;
    public static final int KEX_REPLY = 31;
    public static final int USERAUTH_REQUEST = 50;
    public static final int USERAUTH_FAILURE = 51;
    public static final int USERAUTH_SUCCESS = 52;
    public static final int USERAUTH_PK_OK = 60;
    public static final int GLOBAL_REQUEST = 80;
    public static final int REQUEST_SUCCESS = 81;
    public static final int REQUEST_FAILURE = 82;
    public static final int CHANNEL_OPEN = 90;
    public static final int CHANNEL_OPEN_CONFIRMATION = 91;
    public static final int CHANNEL_OPEN_FAILURE = 92;
    public static final int CHANNEL_WINDOW_ADJUST = 93;
    public static final int CHANNEL_DATA = 94;
    public static final int CHANNEL_EOF = 96;
    public static final int CHANNEL_CLOSE = 97;
    public static final int CHANNEL_REQUEST = 98;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    private Message() {
    }

    /** Begins a message with its number. */
    public static Message of(int number) {
        return empty().octet(number);
    }

    /** Begins something that is part of a message. */
    public static Message empty() {
        return new Message();
    }

    private interface Step {
        void write() throws IOException;
    }

    private Message with(Step step) {
        try {
            step.write();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Message octet(int value) {
        return with(() -> out.write(value));
    }

    public Message flag(boolean value) {
        return octet(value ? 1 : 0);
    }

    public Message number(long value) {
        return with(() -> out.writeInt((int) value));
    }

    public Message raw(byte[] value) {
        return with(() -> out.write(value));
    }

    public Message string(byte[] value) {
        return number(value.length).raw(value);
    }

    public Message string(String value) {
        return string(value.getBytes(StandardCharsets.UTF_8));
    }

    /** A positive number of any length. */
    public Message mpint(byte[] unsigned) {
        return string(new BigInteger(1, unsigned).toByteArray());
    }

    public byte[] bytes() {
        return bytes.toByteArray();
    }
}
