package com.tiredpixel.pgxl.agent.os;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Function;

/** The real libc, but for one function. */
final class FaultyLibc {
    private FaultyLibc() {
    }

    /** @param answer from the arguments; may throw */
    static Libc with(Libc real, String function, Function<Object[], Object> answer) {
        return (Libc) Proxy.newProxyInstance(
                Libc.class.getClassLoader(), new Class<?>[] {Libc.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals(function)) {
                        return answer.apply(arguments);
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
