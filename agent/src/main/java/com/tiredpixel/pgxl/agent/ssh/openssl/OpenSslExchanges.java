package com.tiredpixel.pgxl.agent.ssh.openssl;

import com.tiredpixel.pgxl.agent.os.crypto.LibCrypto;
import org.apache.sshd.common.kex.AbstractDH;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.DHFactory;

/** Factories of key exchanges; names are those of MINA's own. */
public final class OpenSslExchanges {
    private OpenSslExchanges() {
    }

    /** @param like one of MINA's with Curve25519, RFC 8731 */
    public static DHFactory curve25519(LibCrypto crypto, BuiltinDHFactories like) {
        return new Exchange(like, () -> new Curve25519Exchange(crypto));
    }

    /** Group 16 of RFC 3526, with SHA-512, RFC 8268. */
    public static DHFactory group16(LibCrypto crypto) {
        return new Exchange(BuiltinDHFactories.dhg16_512, () -> new Group16Exchange(crypto));
    }

    private interface Maker {
        AbstractDH make() throws Exception;
    }

    private record Exchange(BuiltinDHFactories like, Maker maker) implements DHFactory {
        @Override
        public String getName() {
            return like.getName();
        }

        @Override
        public boolean isGroupExchange() {
            return false;
        }

        @Override
        public boolean isSupported() {
            return true;
        }

        @Override
        public AbstractDH create(Object... parameters) throws Exception {
            return maker.make();
        }
    }
}
