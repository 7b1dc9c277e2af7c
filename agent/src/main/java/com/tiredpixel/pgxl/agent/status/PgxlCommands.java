package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.config.EditDistance;
import com.tiredpixel.pgxl.agent.log.EventLog;
import com.tiredpixel.pgxl.agent.log.VisibleText;
import com.tiredpixel.pgxl.agent.node.Xids;
import com.tiredpixel.pgxl.agent.status.loop.EventLoop;
import com.tiredpixel.pgxl.agent.supervisor.Order.StopMode;
import com.tiredpixel.pgxl.agent.supervisor.Order;
import com.tiredpixel.pgxl.agent.supervisor.StartGuard;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Does what {@code pgxl} is asked for: the words of its command line in, what it prints out. */
final class PgxlCommands {
    /** After this {@code pgxl} leaves, and what it ordered goes on. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final StatusSources sources;
    private final Path home;
    private final EventLoop loop;
    private final Executor workers;
    private final EventLog log;
    private final Explain explain;
    private final Supplier<CompletableFuture<Snapshot>> snapshot;

    /** @param workers for what reads files @param snapshot takes one */
    PgxlCommands(
            StatusSources sources,
            Path home,
            EventLoop loop,
            Executor workers,
            EventLog log,
            Explain explain,
            Supplier<CompletableFuture<Snapshot>> snapshot) {
        this.sources = sources;
        this.home = home;
        this.loop = loop;
        this.workers = workers;
        this.log = log;
        this.explain = explain;
        this.snapshot = snapshot;
    }

    /** What is wrong with a command line. */
    private static final class Wrong extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int exit;

        Wrong(int exit, String sentence) {
            super(sentence, null, false, false);
            this.exit = exit;
        }
    }

    /**
     * @param words verb and arguments
     * @param proved whether he has proved that he can read the token
     */
    CompletableFuture<Reply> answer(List<String> words, StatusText.Screen screen, boolean proved) {
        try {
            return dispatch(words, screen, proved).exceptionally(PgxlCommands::failed);
        } catch (Wrong wrong) {
            return now(Reply.failed(wrong.exit, wrong.getMessage()));
        }
    }

    private static Reply failed(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        return cause instanceof Wrong wrong
                ? Reply.failed(wrong.exit, wrong.getMessage())
                : Reply.failed(Reply.INTERNAL, "the agent failed: " + VisibleText.of(cause.toString()));
    }

    private CompletableFuture<Reply> dispatch(List<String> words, StatusText.Screen screen, boolean proved) {
        String verb = words.isEmpty() ? "help" : words.get(0);
        List<String> rest = words.isEmpty() ? List.of() : words.subList(1, words.size());
        return switch (verb) {
            case "help", "--help", "-h" -> now(Reply.done(Usage.TEXT));
            case "status" -> status(rest, screen);
            case "explain" -> {
                steering(proved);
                yield explain(rest);
            }
            case "health" -> health(rest);
            case "reap-report" -> reapReport(rest);
            case "in-doubt" -> {
                none(verb, rest);
                yield now(Reply.done(sources.inDoubt().get().text(loop.now())));
            }
            case "__complete" -> complete(rest);
            case "start", "stop", "restart", "hold", "release" -> {
                steering(proved);
                yield order(verb, rest);
            }
            case "repair-gtm" -> {
                steering(proved);
                yield repairGtm(rest);
            }
            case "reload" -> {
                steering(proved);
                none(verb, rest);
                log.info("agent", "pgxl reload: reads the volume and the configuration of PostgreSQL again");
                sources.reload().run();
                yield now(Reply.done("the volume is looked at again, PostgreSQL re-reads its configuration"));
            }
            case "log-level" -> {
                steering(proved);
                yield logLevel(rest);
            }
            default -> throw new Wrong(Reply.USAGE, "no verb \"" + VisibleText.of(verb) + "\""
                    + meant(verb, Usage.VERBS) + "; pgxl help lists all");
        };
    }

    private static void steering(boolean proved) {
        if (!proved) {
            throw new Wrong(Reply.FORBIDDEN, "only the user of the servers and root may do that");
        }
    }

    private static void none(String verb, List<String> rest) {
        if (!rest.isEmpty()) {
            throw new Wrong(Reply.USAGE, verb + " takes no \"" + VisibleText.of(rest.get(0)) + "\"");
        }
    }

    private CompletableFuture<Reply> status(List<String> rest, StatusText.Screen screen) {
        boolean json = rest.contains("--json");
        none("status", rest.stream().filter(word -> !word.equals("--json")).toList());
        return snapshot.get().thenApply(now ->
                Reply.done(json ? StatusJson.of(now) : new StatusText(screen).of(now)));
    }

    private CompletableFuture<Reply> explain(List<String> rest) {
        none("explain", rest.isEmpty() ? rest : rest.subList(1, rest.size()));
        return CompletableFuture.supplyAsync(() -> {
            var reports = sources.overview().get().nodes();
            if (rest.isEmpty()) {
                return Reply.done(explain.volume(sources.scan().get(), reports));
            }
            Path directory = path(rest.get(0));
            return explain.directory(directory, sources.scan().get(), reports)
                    .map(Reply::done)
                    .orElseThrow(() -> new Wrong(Reply.UNKNOWN, "no directory " + VisibleText.of(directory.toString())));
        }, workers);
    }

    private CompletableFuture<Reply> health(List<String> rest) {
        String which = rest.isEmpty() ? "healthy" : rest.get(0);
        none("health", rest.isEmpty() ? rest : rest.subList(1, rest.size()));
        if (!List.of("healthy", "live", "ready", "startup").contains(which)) {
            throw new Wrong(Reply.USAGE, "health knows live, ready and startup");
        }
        if (which.equals("live")) {
            return now(reply(Health.live(sources.overview().get(), sources.sshSilence().get(), loop.now())));
        }
        return snapshot.get().thenApply(now -> reply(switch (which) {
            case "ready" -> Health.ready(now.overview(), now.nodes());
            case "startup" -> Health.startup(now.overview(), now.nodes());
            default -> Health.healthy(now.overview(), now.nodes());
        }));
    }

    private static Reply reply(Health health) {
        return new Reply(health.good() ? 0 : Reply.REFUSED, String.join("\n", health.lines()) + "\n");
    }

    private CompletableFuture<Reply> reapReport(List<String> rest) {
        none("reap-report", rest);
        return snapshot.get().thenApply(now -> Reply.done(
                "orphans reaped   " + now.agent().orphansReaped()
                        + "\nchildren reaped  " + now.agent().childrenReaped()
                        + "\nzombies now      " + now.agent().usage().zombies() + "\n"));
    }

    private CompletableFuture<Reply> complete(List<String> rest) {
        if (rest.equals(List.of("verbs"))) {
            return now(Reply.done(String.join("\n", Usage.VERBS)));
        }
        return snapshot.get().thenApply(now -> Reply.done(now.nodes().stream()
                .map(NodeView::name)
                .filter(name -> name.matches("[A-Za-z0-9_./+@%-]+"))
                .collect(Collectors.joining("\n"))));
    }

    private CompletableFuture<Reply> logLevel(List<String> rest) {
        Optional<EventLog.Level> level = Optional.empty();
        for (EventLog.Level known : EventLog.Level.values()) {
            if (rest.equals(List.of(known.name().toLowerCase(Locale.ROOT)))) {
                level = Optional.of(known);
            }
        }
        EventLog.Level chosen = level.orElseThrow(() ->
                new Wrong(Reply.USAGE, "log-level takes one of debug, info, warn and error"));
        log.info("agent", "pgxl log-level " + chosen);
        sources.logLevel().accept(chosen);
        return now(Reply.done("the log shows " + chosen + " and above, until the agent's next start"));
    }

    private CompletableFuture<Reply> order(String verb, List<String> rest) {
        List<String> names = new ArrayList<>();
        StopMode mode = StopMode.FAST;
        boolean takesMode = verb.equals("stop") || verb.equals("restart");
        for (int i = 0; i < rest.size(); i++) {
            String word = rest.get(i);
            if (takesMode && (word.equals("--mode") || word.equals("-m")) && i + 1 < rest.size()) {
                mode = mode(rest.get(++i));
            } else if (takesMode && word.startsWith("--mode=")) {
                mode = mode(word.substring("--mode=".length()));
            } else if (word.startsWith("-")) {
                throw new Wrong(Reply.USAGE, verb + " has no option \"" + VisibleText.of(word) + "\"");
            } else {
                names.add(word);
            }
        }
        if (names.size() != 1) {
            throw new Wrong(Reply.USAGE, verb + " takes one node; pgxl status lists them");
        }
        Order order = switch (verb) {
            case "start" -> new Order.Start();
            case "stop" -> new Order.Stop(mode);
            case "restart" -> new Order.Restart(mode);
            case "hold" -> new Order.Hold();
            default -> new Order.Release();
        };
        return snapshot.get().thenCompose(now -> carryOut(verb, order, names.get(0), now.nodes()));
    }

    private CompletableFuture<Reply> repairGtm(List<String> rest) {
        List<String> names = new ArrayList<>();
        OptionalLong xid = OptionalLong.empty();
        boolean trustFile = false;
        for (int i = 0; i < rest.size(); i++) {
            String word = rest.get(i);
            if (word.equals("--xid") && i + 1 < rest.size()) {
                xid = OptionalLong.of(xid(rest.get(++i)));
            } else if (word.startsWith("--xid=")) {
                xid = OptionalLong.of(xid(word.substring("--xid=".length())));
            } else if (word.equals("--trust-file")) {
                trustFile = true;
            } else if (word.startsWith("-")) {
                throw new Wrong(Reply.USAGE, "repair-gtm has no option \"" + VisibleText.of(word) + "\"");
            } else {
                names.add(word);
            }
        }
        if (names.size() != 1 || trustFile && xid.isPresent()) {
            throw new Wrong(Reply.USAGE, "repair-gtm takes one node, and either --xid N or --trust-file or neither");
        }
        Order order = new Order.RepairGtm(new StartGuard.Repair(xid, trustFile));
        return snapshot.get().thenCompose(now -> carryOut("repair-gtm", order, names.get(0), now.nodes()));
    }

    /** Also as {@code pg_controldata} prints it, with the epoch in front. */
    private static long xid(String word) {
        String digits = word.replaceFirst("^[0-9]{1,9}:", "");
        long xid = digits.matches("[0-9]{1,10}") ? Long.parseLong(digits) : 0;
        if (xid < Xids.FIRST_NORMAL || xid > 0xFFFF_FFFFL) {
            throw new Wrong(Reply.USAGE, "no transaction id: " + VisibleText.of(word));
        }
        return xid;
    }

    private static StopMode mode(String word) {
        for (StopMode mode : StopMode.values()) {
            if (mode.name().toLowerCase(Locale.ROOT).equals(word)) {
                return mode;
            }
        }
        throw new Wrong(Reply.USAGE, "no mode \"" + VisibleText.of(word) + "\": it is fast, immediate or smart");
    }

    private CompletableFuture<Reply> carryOut(String verb, Order order, String name, List<NodeView> nodes) {
        List<NodeView> meant = nodes.stream().filter(node -> isCalled(node, name)).toList();
        if (meant.size() != 1) {
            return now(Reply.failed(Reply.UNKNOWN, meant.isEmpty()
                    ? "no node \"" + VisibleText.of(name) + "\""
                            + meant(name, nodes.stream().map(NodeView::name).toList())
                            + "; pgxl status lists them"
                    : meant.size() + " nodes are called \"" + VisibleText.of(name) + "\": say the directory"));
        }
        NodeView node = meant.get(0);
        String subject = node.report().role().label() + " " + node.directory();
        log.info(subject, "pgxl " + verb + (order instanceof Order.Stop stop ? " --mode " + stop.mode()
                : order instanceof Order.Restart restart ? " --mode " + restart.mode() : ""));
        CompletableFuture<Reply> reply = sources.order().apply(node.report().directory(), order)
                .thenApply(result -> result instanceof Order.Result.Done done
                        ? Reply.done(VisibleText.of(node.name() + ": " + done.said()))
                        : Reply.failed(Reply.REFUSED, VisibleText.of(node.name() + ": " + result.said())));
        loop.execute(() -> loop.at(loop.now().plus(PATIENCE), () -> reply.complete(Reply.failed(
                Reply.UNDER_WAY, verb + " of " + node.name() + " takes longer than " + PATIENCE.toSeconds()
                        + " s and goes on; pgxl status shows how far it is"))));
        return reply;
    }

    private boolean isCalled(NodeView node, String name) {
        Path directory = node.report().directory();
        return node.name().equals(name)
                || node.nodeName().filter(name::equals).isPresent()
                || directory.getFileName().toString().equals(name)
                || directory.equals(path(name));
    }

    private Path path(String text) {
        try {
            return home.resolve(text).normalize();
        } catch (InvalidPathException e) {
            throw new Wrong(Reply.USAGE, "that is no path: " + VisibleText.of(text));
        }
    }

    private static String meant(String word, Collection<String> words) {
        return EditDistance.nearest(word, words).map(near -> "; is \"" + near + "\" meant?").orElse("");
    }

    private static CompletableFuture<Reply> now(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }
}
