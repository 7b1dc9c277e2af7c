package com.tiredpixel.pgxl.agent.ssh.openssl;

import java.util.function.Supplier;
import org.apache.sshd.common.NamedFactory;

/** What MINA looks up by name, once for each connection and key exchange. */
record Factory<T>(String name, Supplier<T> maker) implements NamedFactory<T> {
    @Override
    public String getName() {
        return name;
    }

    @Override
    public T create() {
        return maker.get();
    }
}
