package com.tiredpixel.pgxl.agent.os;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/** The real libc but for one function, or none of it. */
final class FaultyLibc {
    private FaultyLibc() {
    }

    /** @param answer from the arguments of this one function; may throw */
    static Libc with(Libc real, String function, Function<Object[], Object> answer) {
        return proxy((proxy, method, arguments) -> {
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

    /** @param fails asked before each call of a function; throws, or does nothing */
    static Libc before(Libc real, Consumer<String> fails) {
        return proxy((proxy, method, arguments) -> {
            fails.accept(method.getName());
            try {
                return method.invoke(real, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    /** @param answer from the name and the arguments of any function */
    static Libc only(BiFunction<String, Object[], Object> answer) {
        return proxy((proxy, method, arguments) -> answer.apply(method.getName(), arguments));
    }

    private static Libc proxy(java.lang.reflect.InvocationHandler handler) {
        return (Libc) Proxy.newProxyInstance(Libc.class.getClassLoader(), new Class<?>[] {Libc.class}, handler);
    }
}
