package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.config.EditDistance;
import com.tiredpixel.pgxl.agent.log.VisibleText;
import com.tiredpixel.pgxl.agent.status.loop.EventLoop;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Does what {@code pgxl} is asked for: the words of its command line in, what it prints out. */
final class PgxlCommands {
    private final StatusSources sources;
    private final Path home;
    private final EventLoop loop;
    private final Executor workers;
    private final EventLog log;
    private final Explain explain;
    private final Supplier<CompletableFuture<Snapshot>> snapshot;
    private final List<Verb> verbs;

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
        this.verbs = verbs(new NodeOrders(sources, loop, log, this::path, snapshot));
    }

    private List<Verb> verbs(NodeOrders orders) {
        return List.of(
                Verb.open("status", "[--json] [--watch]",
                        "one line a node; --watch again every 2 s, --json for programs", this::status),
                Verb.open("health", "[live|ready|startup]",
                        "exit 0 or 1, and the reason; default: fails only on faults that nobody intended", this::health),
                Verb.open("reap-report", "", "what the agent has reaped, and the zombies there are now", this::reapReport),
                Verb.owners("explain", "[DIR]",
                        "what each directory was taken for, on which evidence, what comes next", this::explain),
                Verb.owners("start", "NODE [--alone]",
                        """
                        start it now, and wait until it serves; --alone: an old datanode master too, beside
                        the one that has its name now, until this agent ends; it asks, --yes answers""", orders::start),
                Verb.owners("stop", "NODE [--mode MODE]",
                        "fast (the default), immediate or smart; it stays down", orders::stop),
                Verb.owners("restart", "NODE [--mode MODE]", "stop it, and start it again", orders::restart),
                Verb.owners("hold", "NODE",
                        "do not start it again, not even in the next container, until released", orders::hold),
                Verb.owners("release", "NODE", "end the hold, and start it if it is down", orders::release),
                Verb.owners("repair-gtm", "NODE [--xid N]",
                        """
                        write the gtm.control of a GTM that is down anew, so that no transaction id, snapshot
                        id or sequence value comes twice; N: the highest NextXID of pg_controldata of
                        all coordinators and datanodes; or --trust-file: start on the file as it is""",
                        orders::repairGtm),
                Verb.owners("in-doubt", "",
                        "transactions that were left prepared, what becomes of each, and why", this::inDoubt),
                Verb.owners("reload", "",
                        "look at the volume again; PostgreSQL re-reads its configuration, GTM cannot", this::reload),
                Verb.owners("log-level", "LEVEL",
                        "debug, info, warn or error, until the agent's next start", this::logLevel),
                Verb.owners("cluster", "status [--json] [--watch]",
                        """

                        all servers of the cluster, as pgxc_ctl.conf in Control names them;
                        exit 0 all serve, 1 some do not, 2 some could not be asked;
                        or verify [--json]: whether all that must agree does, and what mends it;
                        exit 0 it does, 1 errors, 2 warnings, or some could not be asked""", this::cluster),
                Verb.open("help", "", "this text", this::help),
                Verb.open("--help", "", "", this::help),
                Verb.open("-h", "", "", this::help),
                Verb.open("__complete", "", "", this::complete));
    }

    /**
     * @param words verb and arguments; without any, help
     * @param proved whether he has proved that he can read the token
     */
    CompletableFuture<Reply> answer(List<String> words, StatusText.Screen screen, boolean proved) {
        try {
            String name = words.isEmpty() ? "help" : words.get(0);
            Verb verb = verbs.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow(() ->
                    Refusal.usage("no verb " + VisibleText.quoted(name) + meant(name, listed()) + "; pgxl help lists all"));
            if (verb.who() == Verb.Who.OWNER && !proved) {
                throw new Refusal(Reply.FORBIDDEN, "only the user of the servers and root may do that");
            }
            var call = new Verb.Call(name, words.isEmpty() ? words : words.subList(1, words.size()), screen);
            return verb.handler().answer(call).exceptionally(PgxlCommands::failed);
        } catch (Refusal refusal) {
            return now(refusal.reply());
        }
    }

    private static Reply failed(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        return cause instanceof Refusal refusal
                ? refusal.reply()
                : Reply.failed(Reply.INTERNAL, "the agent failed: " + VisibleText.of(cause.toString()));
    }

    private List<String> listed() {
        return verbs.stream().filter(Verb::isListed).map(Verb::name).toList();
    }

    private CompletableFuture<Reply> help(Verb.Call call) {
        return now(Reply.done(PgxlHelp.of(verbs)));
    }

    /** The script {@code pgxl} starts a program of its own for it. */
    private CompletableFuture<Reply> cluster(Verb.Call call) {
        throw Refusal.usage("cluster is not the agent's: the command pgxl does it");
    }

    private CompletableFuture<Reply> status(Verb.Call call) {
        Arguments given = Arguments.of(call, Set.of("--json"), Set.of());
        if (!given.operands().isEmpty()) {
            throw Refusal.usage("status takes no " + VisibleText.quoted(given.operands().get(0)));
        }
        boolean json = given.option("--json").isPresent();
        return snapshot.get().thenApply(now ->
                Reply.done(json ? StatusJson.of(now) : new StatusText(call.screen()).of(now)));
    }

    private CompletableFuture<Reply> explain(Verb.Call call) {
        List<String> words = Arguments.atMost(1, call);
        return CompletableFuture.supplyAsync(() -> {
            var reports = sources.overview().get().nodes();
            if (words.isEmpty()) {
                return Reply.done(explain.volume(sources.scan(), reports));
            }
            Path directory = path(words.get(0));
            return explain.directory(directory, sources.scan(), reports)
                    .map(Reply::done)
                    .orElseThrow(() -> new Refusal(
                            Reply.UNKNOWN, "no directory " + VisibleText.of(directory.toString())));
        }, workers);
    }

    private CompletableFuture<Reply> health(Verb.Call call) {
        String which = Arguments.atMost(1, call).stream().findFirst().orElse("healthy");
        return switch (which) {
            case "live" -> now(reply(Health.live(sources.overview().get(), sources.sshSilence().get(), loop.now())));
            case "ready" -> snapshot.get().thenApply(now -> reply(Health.ready(now.overview(), now.nodes())));
            case "startup" -> snapshot.get().thenApply(now -> reply(Health.startup(now.overview(), now.nodes())));
            case "healthy" -> snapshot.get().thenApply(now -> reply(Health.healthy(now.overview(), now.nodes())));
            default -> throw Refusal.usage("health knows live, ready and startup");
        };
    }

    private static Reply reply(Health health) {
        return new Reply(health.good() ? 0 : Reply.REFUSED, String.join("\n", health.lines()) + "\n");
    }

    private CompletableFuture<Reply> reapReport(Verb.Call call) {
        Arguments.atMost(0, call);
        return snapshot.get().thenApply(now -> Reply.done(
                "orphans reaped   " + now.agent().orphansReaped()
                        + "\nchildren reaped  " + now.agent().childrenReaped()
                        + "\nzombies now      " + now.agent().usage().zombies() + "\n"));
    }

    private CompletableFuture<Reply> inDoubt(Verb.Call call) {
        Arguments.atMost(0, call);
        return now(Reply.done(sources.inDoubt().get().text(loop.now()).lines()
                .map(VisibleText::of).collect(Collectors.joining("\n"))));
    }

    /** For completion, which offers nothing else. */
    private CompletableFuture<Reply> complete(Verb.Call call) {
        if (call.words().equals(List.of("verbs"))) {
            return now(Reply.done(String.join("\n", listed())));
        }
        return snapshot.get().thenApply(now -> Reply.done(now.nodes().stream()
                .map(NodeView::name)
                .filter(name -> name.matches("[A-Za-z0-9_./+@%-]+"))
                .collect(Collectors.joining("\n"))));
    }

    private CompletableFuture<Reply> reload(Verb.Call call) {
        Arguments.atMost(0, call);
        log.info("agent", "pgxl reload: reads the volume and the configuration of PostgreSQL again");
        sources.reload().run();
        return now(Reply.done("the volume is looked at again, PostgreSQL re-reads its configuration"));
    }

    private CompletableFuture<Reply> logLevel(Verb.Call call) {
        EventLog.Level chosen = Stream.of(EventLog.Level.values())
                .filter(level -> call.words().equals(List.of(level.name().toLowerCase(Locale.ROOT))))
                .findFirst()
                .orElseThrow(() -> Refusal.usage("log-level takes one of debug, info, warn and error"));
        log.info("agent", "pgxl log-level " + chosen);
        sources.logLevel().accept(chosen);
        return now(Reply.done("the log shows " + chosen + " and above, until the agent's next start"));
    }

    private Path path(String text) {
        try {
            return home.resolve(text).normalize();
        } catch (InvalidPathException e) {
            throw Refusal.usage("that is no path: " + VisibleText.of(text));
        }
    }

    /** @return the nearest of the words, as the end of a sentence; empty if none is near */
    static String meant(String word, Collection<String> words) {
        return EditDistance.nearest(word, words).map(near -> "; is \"" + near + "\" meant?").orElse("");
    }

    private static CompletableFuture<Reply> now(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }
}
