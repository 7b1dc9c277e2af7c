package com.tiredpixel.pgxl.agent.ssh;

import java.util.Optional;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Which messages a client may send, and when. MINA takes any at any time, and answers those that it does not know.
 *
 * <p>Pure: no connection, no clock.
 */
final class ClientMessages {
    /** Messages before a login that no login needs. OpenSSH's client sends one at most, its EXT_INFO. */
    static final int MOST_STRAY = 32;
    /** MINA keeps it for the life of the connection. That of OpenSSH's client has some 1,700 bytes. */
    private static final int LONGEST_PROPOSAL = 4 * 1024;

    private boolean exchangingKeys = true;
    private boolean hasKeys;
    private boolean askedForKeys;
    private boolean askedForService;
    private int stray;

    /** @return the number of a message that has one, RFC 4250, section 4.1 */
    static int number(Buffer message) {
        return message.array()[message.rpos()] & 0xff;
    }

    /**
     * @param message as it came
     * @param loggedIn whether its client has
     * @return why the connection has to end, if it has to
     */
    Optional<String> refusal(Buffer message, boolean loggedIn) {
        if (message.available() == 0) {
            return Optional.of("a message without a number");
        }
        int number = number(message);
        return number == SshConstants.SSH_MSG_KEXINIT && message.available() > LONGEST_PROPOSAL
                ? Optional.of("a proposal of " + message.available() + " bytes")
                : refusal(number, loggedIn);
    }

    /**
     * @param message its number
     * @param loggedIn whether its client has
     * @return why the connection has to end, if it has to
     */
    private Optional<String> refusal(int message, boolean loggedIn) {
        return switch (message) {
            case SshConstants.SSH_MSG_DISCONNECT -> Optional.empty();
            case SshConstants.SSH_MSG_IGNORE, SshConstants.SSH_MSG_UNIMPLEMENTED, SshConstants.SSH_MSG_DEBUG ->
                loggedIn ? Optional.empty() : stray();
            case SshConstants.SSH_MSG_KEXINIT -> keysWanted(loggedIn);
            case SshConstants.SSH_MSG_NEWKEYS -> {
                exchangingKeys = false;
                askedForKeys = false;
                hasKeys = true;
                yield Optional.empty();
            }
            default -> message >= SshConstants.SSH_MSG_KEX_FIRST && message <= SshConstants.SSH_MSG_KEX_LAST
                    ? keyExchange()
                    : other(message, loggedIn);
        };
    }

    /** A client that has logged in may ask for new keys; OpenSSH's never does before. */
    private Optional<String> keysWanted(boolean loggedIn) {
        if (hasKeys && !loggedIn) {
            return Optional.of("it asks for new keys before it has logged in");
        }
        if (askedForKeys) {
            return Optional.of("it asks for new keys in the middle of a key exchange");
        }
        askedForKeys = true;
        exchangingKeys = true;
        return Optional.empty();
    }

    private Optional<String> keyExchange() {
        return askedForKeys ? Optional.empty() : Optional.of("it exchanges keys and has not asked for any");
    }

    /** RFC 4253, section 7.1: from a side's KEXINIT to its NEWKEYS, nothing else comes from it. */
    private Optional<String> other(int message, boolean loggedIn) {
        if (exchangingKeys) {
            return Optional.of("message " + message + " in the middle of a key exchange");
        }
        if (message == SshConstants.SSH_MSG_SERVICE_REQUEST) {
            if (askedForService) {
                return Optional.of("it asks for a service a second time");
            }
            askedForService = true;
            return Optional.empty();
        }
        boolean login = message == SshConstants.SSH_MSG_USERAUTH_REQUEST && askedForService;
        return loggedIn || login ? Optional.empty() : stray();
    }

    private Optional<String> stray() {
        return ++stray > MOST_STRAY
                ? Optional.of("more than " + MOST_STRAY + " messages that are no part of a login")
                : Optional.empty();
    }
}
