package com.tiredpixel.pgxl.agent.os.crypto;

import java.security.GeneralSecurityException;

/** libcrypto refused an operation: the wrong tag of a packet, a point that is on no curve, a key of no known kind. */
public final class CryptoException extends GeneralSecurityException {
    private static final long serialVersionUID = 1L;

    CryptoException(String message) {
        super(message);
    }
}
