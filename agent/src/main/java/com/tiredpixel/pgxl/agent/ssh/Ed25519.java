package com.tiredpixel.pgxl.agent.ssh;

import java.security.Provider;
import java.security.Security;
import java.util.Optional;
import org.apache.sshd.common.util.security.AbstractSecurityProviderRegistrar;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.common.util.security.eddsa.generic.EdDSASupport;

/**
 * Makes ed25519 keys work in MINA without a further library. MINA 2 asks BouncyCastle or net.i2p for them and
 * passes the EdDSA of the Java run time (JEP 339, since 15) over.
 */
final class Ed25519 extends AbstractSecurityProviderRegistrar {
    private static final String PROVIDER = "SunEC";

    private Ed25519() {
        super(PROVIDER);
    }

    /** Has to run before MINA is first used, because it decides then, once, what it supports. */
    static void install() {
        System.setProperty(SecurityUtils.SECURITY_PROVIDER_REGISTRARS, "none");
        SecurityUtils.registerSecurityProvider(new Ed25519());
    }

    @Override
    public boolean isSupported() {
        return true;
    }

    @Override
    public boolean isSecurityEntitySupported(Class<?> entityType, String name) {
        return false; // the run time finds its providers itself
    }

    @Override
    public Provider getSecurityProvider() {
        return Security.getProvider(PROVIDER);
    }

    @Override
    public Optional<EdDSASupport<?, ?>> getEdDSASupport() {
        return Optional.of(new Ed25519Support());
    }
}
