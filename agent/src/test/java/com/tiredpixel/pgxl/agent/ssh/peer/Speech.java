package com.tiredpixel.pgxl.agent.ssh.peer;

import java.util.Random;

/** What a peer says that misbehaves: messages of every kind, right by themselves or not. */
enum Speech {
    NOTHING_AT_ALL(c -> new byte[0]),
    DISCONNECT_WITHOUT_AN_END(c -> new byte[] {1, 0}),
    IGNORE(c -> text(2, 16)),
    IGNORE_AT_LENGTH(c -> text(2, 30_000)),
    UNIMPLEMENTED(c -> Message.of(3).number(7).bytes()),
    DEBUG(c -> Message.of(4).flag(true).string("x".repeat(1000)).string("").bytes()),
    SERVICE(c -> SshPeer.service()),
    SERVICE_CONNECTION(c -> Message.of(5).string("ssh-connection").bytes()),
    SERVICE_UNKNOWN(c -> text(5, 20_000)),
    SERVICE_ACCEPT(c -> Message.of(6).string("ssh-userauth").bytes()),
    EXTENSIONS(c -> Message.of(7).number(0x7fff_ffff).raw(new byte[1000]).bytes()),
    NEWCOMPRESS(c -> new byte[] {8}),
    PROPOSAL(c -> c.proposal()),
    PROPOSAL_AT_LENGTH(c -> Message.of(20).raw(new byte[16]).string("a,".repeat(15_000)).bytes()),
    NEWKEYS(c -> new byte[] {21}),
    SHARE(c -> Message.of(30).string(new byte[32]).bytes()),
    SHARE_OF_NINES(c -> Message.of(30).string("9".repeat(32)).bytes()),
    REPLY(c -> Message.of(31).string(new byte[32]).string(new byte[32]).string(new byte[32]).bytes()),
    LAST_OF_AN_EXCHANGE(c -> new byte[] {49}),
    NONE(c -> SshPeer.none(c.user())),
    NONE_OF_A_LONG_NAME(c -> SshPeer.none("u".repeat(20_000))),
    QUERY(c -> SshPeer.query(c.user(), c.key())),
    FORGERY(c -> SshPeer.forged(c.user(), c.key())),
    PASSWORD(c -> Message.of(50).string(c.user()).string("ssh-connection").string("password").flag(false).string("x").bytes()),
    REQUEST_WITHOUT_AN_END(c -> new byte[] {50, 0, 0, 0, 9}),
    FAILURE(c -> Message.of(51).string("publickey").flag(false).bytes()),
    SUCCESS(c -> new byte[] {52}),
    BANNER(c -> text(53, 5000)),
    KEY_WOULD_DO(c -> Message.of(60).string(Identity.TYPE).string(c.key().blob()).bytes()),
    LAST_OF_A_METHOD(c -> new byte[] {79}),
    KEEPALIVE(c -> SshPeer.global("keepalive@openssh.com", true)),
    KEEPALIVE_WITHOUT_ANSWER(c -> SshPeer.global("keepalive@openssh.com", false)),
    GLOBAL_OF_A_LONG_NAME(c -> SshPeer.global("n".repeat(30_000), true)),
    FORWARDING(c -> Message.of(80).string("tcpip-forward").flag(true).string("").number(0).bytes()),
    NO_MORE_SESSIONS(c -> SshPeer.global("no-more-sessions@openssh.com", true)),
    REQUEST_SUCCESS(c -> new byte[] {81}),
    REQUEST_FAILURE(c -> new byte[] {82}),
    OPEN(c -> SshPeer.open("session", c.random().nextInt(), 0x7fff_ffff)),
    OPEN_WITHOUT_WINDOW(c -> SshPeer.open("session", 0, 0)),
    OPEN_FORWARDED(c -> Message.empty().raw(SshPeer.open("direct-tcpip", 1, 1000)).string("localhost").number(22)
            .string("localhost").number(22).bytes()),
    OPEN_OF_A_LONG_NAME(c -> SshPeer.open("t".repeat(30_000), 1, 1000)),
    CONFIRMATION(c -> Message.of(91).number(c.channel()).number(0).number(1000).number(1000).bytes()),
    REFUSAL(c -> Message.of(92).number(c.channel()).number(1).string("no").string("").bytes()),
    WINDOW(c -> Message.of(93).number(c.channel()).number(0xffff_ffffL).bytes()),
    WINDOW_OF_NO_CHANNEL(c -> Message.of(93).number(77).number(1000).bytes()),
    DATA(c -> SshPeer.data(c.channel(), new byte[1000])),
    DATA_OF_ONE_BYTE(c -> SshPeer.data(c.channel(), new byte[1])),
    DATA_OF_NONE(c -> SshPeer.data(c.channel(), new byte[0])),
    DATA_AT_LENGTH(c -> SshPeer.data(c.channel(), new byte[32_000])),
    DATA_TO_NO_CHANNEL(c -> SshPeer.data(77, new byte[1000])),
    EXTENDED_DATA(c -> Message.of(95).number(c.channel()).number(1).string(new byte[1000]).bytes()),
    EOF(c -> Message.of(96).number(c.channel()).bytes()),
    CLOSE(c -> Message.of(97).number(c.channel()).bytes()),
    VARIABLE(c -> SshPeer.request(c.channel(), "env", true, Message.empty()
            .string("LC_" + c.random().nextInt(1000)).string("v".repeat(1000)).bytes())),
    VARIABLE_AT_LENGTH(c -> SshPeer.request(c.channel(), "env", false, Message.empty()
            .string("n".repeat(15_000)).string("v".repeat(15_000)).bytes())),
    TERMINAL(c -> SshPeer.request(c.channel(), "pty-req", true, Message.empty().string("t".repeat(15_000))
            .number(80).number(24).number(0).number(0).string(new byte[15_000]).bytes())),
    EXEC(c -> SshPeer.exec(c.channel(), "true", true)),
    EXEC_AT_LENGTH(c -> SshPeer.exec(c.channel(), "true " + "x".repeat(30_000), true)),
    SHELL(c -> SshPeer.request(c.channel(), "shell", true, new byte[0])),
    SFTP(c -> SshPeer.request(c.channel(), "subsystem", true, Message.empty().string("sftp").bytes())),
    SIGNAL(c -> SshPeer.request(c.channel(), "signal", true, Message.empty().string("USR1").bytes())),
    RESIZE(c -> SshPeer.request(c.channel(), "window-change", true, new byte[16])),
    UNWANTED(c -> SshPeer.request(c.channel(), "eow@openssh.com", true, new byte[0])),
    UNKNOWN_REQUEST(c -> SshPeer.request(c.channel(), "u".repeat(5000), true, new byte[0])),
    AGENT_AND_X11(c -> SshPeer.request(c.channel(), c.random().nextBoolean() ? "x11-req" : "auth-agent-req@openssh.com",
            true, new byte[20])),
    REQUEST_WITHOUT_A_NAME(c -> Message.of(98).number(c.channel()).number(0xffff_ffffL).bytes()),
    CHANNEL_SUCCESS(c -> Message.of(99).number(c.channel()).bytes()),
    CHANNEL_FAILURE(c -> Message.of(100).number(c.channel()).bytes()),
    PING(c -> Message.of(192).string("p".repeat(100)).bytes()),
    UNKNOWN(c -> new byte[] {(byte) 200}),
    LAST(c -> new byte[] {(byte) 255, 1, 2, 3}),
    ANYTHING(c -> {
        byte[] bytes = new byte[1 + c.random().nextInt(200)];
        c.random().nextBytes(bytes);
        return bytes;
    });

    private final Maker maker;

    Speech(Maker maker) {
        this.maker = maker;
    }

    @FunctionalInterface
    private interface Maker {
        byte[] make(Context context);
    }

    /** What a message may be about. */
    record Context(String user, Identity key, int channel, byte[] proposal, Random random) {
    }

    byte[] payload(Context context) {
        return maker.make(context);
    }

    private static byte[] text(int number, int length) {
        return Message.of(number).string(new byte[length]).bytes();
    }
}
