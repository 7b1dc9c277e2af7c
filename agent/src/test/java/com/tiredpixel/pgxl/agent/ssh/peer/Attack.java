package com.tiredpixel.pgxl.agent.ssh.peer;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Very many ways to misbehave, some beside one another, each by two peers at once so that what one takes from the server
 * counts twice. The same seed gives the same ways in the same order.
 */
public final class Attack {
    private static final int LANES = 4;
    private static final int PEERS = 2;
    private static final Duration LIFE = Duration.ofMillis(800);

    private final Behaviour.Target target;
    private final long seed;
    private final Queue<String> neverEnded = new ConcurrentLinkedQueue<>();
    private final Queue<Behaviour.End> ends = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> mistakes = new ConcurrentLinkedQueue<>();

    public Attack(Behaviour.Target target, long seed) {
        this.target = target;
        this.seed = seed;
    }

    /**
     * @param number how many ways
     * @param longest when to give up, whatever is left
     */
    public void carryOut(int number, Duration longest) throws InterruptedException {
        carryOut(Behaviour.some(number, new Random(seed)), LIFE, longest, () -> false);
    }

    /**
     * @param life how long a peer goes on, if nobody has to end it
     * @param longest when to give up, whatever is left
     * @param enough asked before each
     */
    public void carryOut(List<Behaviour> behaviours, Duration life, Duration longest, BooleanSupplier enough)
            throws InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        Queue<Behaviour> left = new ConcurrentLinkedQueue<>();
        behaviours.forEach(behaviour -> {
            for (int i = 0; i < PEERS; i++) {
                left.add(behaviour);
            }
        });
        var peers = new ArrayList<Thread>();
        for (int i = 0; i < LANES * PEERS; i++) {
            var random = new Random(seed + i);
            var peer = new Thread(() -> {
                for (Behaviour next = left.poll(); next != null; next = left.poll()) {
                    if (System.nanoTime() - end > 0 || enough.getAsBoolean()) {
                        return;
                    }
                    one(next, life, random);
                }
            }, "peer-" + i);
            peer.setDaemon(true);
            peer.start();
            peers.add(peer);
        }
        for (Thread peer : peers) {
            TimeUnit.NANOSECONDS.timedJoin(peer, end - System.nanoTime() + Behaviour.LONG_LIFE.toNanos());
        }
    }

    private void one(Behaviour behaviour, Duration life, Random random) {
        try {
            Behaviour.End end = behaviour.carryOut(target, life, random);
            ends.add(end);
            if (end == Behaviour.End.BY_TIME && behaviour.mustBeEnded()) {
                neverEnded.add(behaviour.toString());
            }
        } catch (GeneralSecurityException | RuntimeException e) {
            mistakes.add(new AssertionError(behaviour.toString(), e));
        }
    }

    /** @return how many peers came to an end */
    public int peers() {
        return ends.size();
    }

    /** @return what should have been ended by the server and was not */
    public List<String> neverEnded() {
        return List.copyOf(neverEnded);
    }

    /** @return of the peers themselves */
    public List<Throwable> mistakes() {
        return List.copyOf(mistakes);
    }

    @Override
    public String toString() {
        var count = new TreeMap<Behaviour.End, Integer>();
        ends.forEach(end -> count.merge(end, 1, Integer::sum));
        return "seed " + seed + ", peers ended " + count + ", floods that nobody ended " + neverEnded;
    }

    /**
     * For a JVM of its own. Arguments: own address, address and port of the server, user, private key, seed, number, seconds.
     * Prints how it went.
     */
    public static void main(String[] arguments) throws Exception {
        var target = new Behaviour.Target(
                new InetSocketAddress(arguments[1], Integer.parseInt(arguments[2])),
                InetAddress.getByName(arguments[0]),
                arguments[3],
                Identity.read(Path.of(arguments[4])));
        var attack = new Attack(target, Long.parseLong(arguments[5]));
        attack.carryOut(Integer.parseInt(arguments[6]), Duration.ofSeconds(Long.parseLong(arguments[7])));
        attack.mistakes().forEach(Throwable::printStackTrace);
        System.out.println(attack.peers() + " peers, " + attack);
        System.exit(0);
    }
}
