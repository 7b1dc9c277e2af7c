package com.tiredpixel.pgxl.agent.ssh.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** One way to misbehave: so far as it should be, then this, in this manner. */
public record Behaviour(Step step, Speech speech, Manner manner) {

    /** For a server that is busy. */
    static final Duration LONG_LIFE = Duration.ofSeconds(20);

    /** How one came to its end. */
    public enum End {
        /** The server ended the connection, or did not let the peer come so far. */
        BY_THE_SERVER,
        /** It went on for as long as it was given. */
        BY_TIME
    }

    /** Whom to attack, as whom. */
    public record Target(InetSocketAddress server, InetAddress from, String user, Identity key) {
    }

    /** @return floods of what asks for an answer, by somebody who has logged in and reads none */
    public static List<Behaviour> unreadAnswers() {
        var all = new ArrayList<Behaviour>();
        for (Step step : List.of(Step.LOGGED_IN, Step.WITH_A_CHANNEL, Step.IN_A_SECOND_EXCHANGE, Step.WITH_OUTPUT_UNREAD)) {
            for (Speech speech : List.of(Speech.KEEPALIVE, Speech.UNKNOWN, Speech.OPEN_FORWARDED)) {
                all.add(new Behaviour(step, speech, Manner.FLOOD));
            }
        }
        return all;
    }

    /** @return every message at every step as a flood, and some others for each step and manner, in any order */
    public static List<Behaviour> all(Random random) {
        Set<Behaviour> all = new LinkedHashSet<>();
        for (Step step : Step.values()) {
            for (Speech speech : Speech.values()) {
                all.add(new Behaviour(step, speech, Manner.FLOOD));
            }
            for (Manner manner : Manner.values()) {
                for (int i = 0; i < 3; i++) {
                    all.add(new Behaviour(step, Speech.values()[random.nextInt(Speech.values().length)], manner));
                }
            }
        }
        var list = new ArrayList<>(all);
        Collections.shuffle(list, random);
        return list;
    }

    /** @return so many of them, with each step, each message and each manner among them */
    public static List<Behaviour> some(int number, Random random) {
        List<Behaviour> all = all(random);
        Set<Object> missing = new LinkedHashSet<>();
        missing.addAll(List.of(Step.values()));
        missing.addAll(List.of(Speech.values()));
        missing.addAll(List.of(Manner.values()));
        Set<Behaviour> chosen = new LinkedHashSet<>();
        for (Behaviour behaviour : all) {
            if (missing.removeAll(List.of(behaviour.step, behaviour.speech, behaviour.manner))) {
                chosen.add(behaviour);
            }
        }
        for (Behaviour behaviour : all) {
            if (chosen.size() < number) {
                chosen.add(behaviour);
            }
        }
        return new ArrayList<>(chosen);
    }

    public boolean isBeforeLogin() {
        return step.isBeforeLogin();
    }

    /** Whether nobody may do this for long: a flood of whatever it is by somebody who has not logged in. */
    public boolean mustBeEnded() {
        return step.isBeforeLogin() && (manner == Manner.FLOOD || manner == Manner.GARBAGE || manner == Manner.SPOILT);
    }

    /** @param life how long it may go on, if nobody has to end it */
    public End carryOut(Target target, Duration life, Random random) throws GeneralSecurityException {
        try (SshPeer peer = SshPeer.connect(target.from, target.server)) {
            try {
                boolean strict = random.nextBoolean();
                int channel = step.reach(peer, strict, target.user, target.key);
                peer.live(mustBeEnded() ? LONG_LIFE : life);
                var context = new Speech.Context(target.user, target.key, channel, peer.newProposal(), random);
                manner.carryOut(peer, () -> speech.payload(context), random);
            } catch (IOException over) {
                return peer.isExpired() ? End.BY_TIME : End.BY_THE_SERVER;
            }
            return End.BY_TIME;
        } catch (IOException notEvenConnected) {
            return End.BY_THE_SERVER;
        }
    }

    @Override
    public String toString() {
        return step + " " + speech + " " + manner;
    }
}
