package com.tiredpixel.pgxl.agent.supervisor;

import com.tiredpixel.pgxl.agent.os.DirectoryLocks.Attempt;
import com.tiredpixel.pgxl.agent.os.DirectoryLocks.Lock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

/** Whom the supervisor works with, so that some calls to them fail as in a heap that is full: before anything is done. */
final class Faults implements FakeWorld.Between {
    private final LongPredicate fails;
    private final Supplier<Throwable> failure;
    private boolean begun;
    private long calls;
    private long thrown;

    /**
     * @param fails which calls fail, counted from 1
     * @param failure what they throw
     */
    Faults(LongPredicate fails, Supplier<Throwable> failure) {
        this.fails = fails;
        this.failure = failure;
    }

    /** From here on calls count, and may fail. */
    void begin() {
        begun = true;
    }

    long calls() {
        return calls;
    }

    long thrown() {
        return thrown;
    }

    /** @return the same, each of whose calls may fail */
    @Override
    public <T> T put(Class<T> type, T real) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            // What is called because there was no memory needs none.
            if (!method.getName().equals("leftOut") && method.getDeclaringClass() != Object.class) {
                call();
            }
            try {
                return withFailingLock(method.invoke(real, arguments));
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    private Object withFailingLock(Object answer) {
        return answer instanceof Attempt.Held held ? new Attempt.Held(put(Lock.class, held.lock())) : answer;
    }

    private void call() throws Throwable {
        if (begun && fails.test(++calls)) {
            thrown++;
            throw failure.get();
        }
    }
}
