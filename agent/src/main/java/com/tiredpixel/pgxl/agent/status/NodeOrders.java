package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.log.VisibleText;
import com.tiredpixel.pgxl.agent.node.Xids;
import com.tiredpixel.pgxl.agent.status.loop.EventLoop;
import com.tiredpixel.pgxl.agent.supervisor.NodeCommand;
import com.tiredpixel.pgxl.agent.supervisor.NodeCommand.StopMode;
import com.tiredpixel.pgxl.agent.supervisor.StartGuard;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** The verbs of {@code pgxl} that do something to one node: finds the node, passes the order on, waits for a while. */
final class NodeOrders {
    /** After this {@code pgxl} leaves, and what it ordered goes on. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String ALONE = "--alone";
    private static final String YES = "--yes";
    private static final String MODE = "--mode";
    private static final String XID = "--xid";
    private static final String TRUST_FILE = "--trust-file";

    private final StatusSources sources;
    private final EventLoop loop;
    private final EventLog log;
    private final Function<String, Path> paths;
    private final Supplier<CompletableFuture<Snapshot>> snapshot;

    /** @param paths of what operators type @param snapshot takes one */
    NodeOrders(
            StatusSources sources, EventLoop loop, EventLog log, Function<String, Path> paths,
            Supplier<CompletableFuture<Snapshot>> snapshot) {
        this.sources = sources;
        this.loop = loop;
        this.log = log;
        this.paths = paths;
        this.snapshot = snapshot;
    }

    CompletableFuture<Reply> start(Verb.Call call) {
        Arguments given = Arguments.of(call, Set.of(ALONE, YES), Set.of());
        if (given.option(ALONE).isEmpty()) {
            return give(call, given, new NodeCommand.Start());
        }
        if (given.option(YES).isEmpty()) {
            throw Refusal.usage("start " + ALONE + " has a server write beside another of its name, and what one of them"
                    + " writes is lost in the end; if that is meant, add " + YES);
        }
        return give(call, given, new NodeCommand.Start(), sources.alone());
    }

    CompletableFuture<Reply> stop(Verb.Call call) {
        Arguments given = Arguments.of(call, Set.of(), Set.of(MODE));
        return give(call, given, new NodeCommand.Stop(mode(given)));
    }

    CompletableFuture<Reply> restart(Verb.Call call) {
        Arguments given = Arguments.of(call, Set.of(), Set.of(MODE));
        return give(call, given, new NodeCommand.Restart(mode(given)));
    }

    CompletableFuture<Reply> hold(Verb.Call call) {
        return give(call, Arguments.of(call, Set.of(), Set.of()), new NodeCommand.Hold());
    }

    CompletableFuture<Reply> release(Verb.Call call) {
        return give(call, Arguments.of(call, Set.of(), Set.of()), new NodeCommand.Release());
    }

    CompletableFuture<Reply> repairGtm(Verb.Call call) {
        Arguments given = Arguments.of(call, Set.of(TRUST_FILE), Set.of(XID));
        boolean trustFile = given.option(TRUST_FILE).isPresent();
        if (trustFile && given.option(XID).isPresent()) {
            throw Refusal.usage("repair-gtm takes either " + XID + " N or " + TRUST_FILE + " or neither");
        }
        OptionalLong xid = given.option(XID).map(word -> OptionalLong.of(xid(word))).orElse(OptionalLong.empty());
        return give(call, given, new NodeCommand.RepairGtm(new StartGuard.Repair(xid, trustFile)));
    }

    private static StopMode mode(Arguments given) {
        String word = given.option(MODE).orElse("fast");
        for (StopMode mode : StopMode.values()) {
            if (mode.name().toLowerCase(Locale.ROOT).equals(word)) {
                return mode;
            }
        }
        throw Refusal.usage("no mode " + VisibleText.quoted(word) + ": it is fast, immediate or smart");
    }

    /** Also as {@code pg_controldata} prints it, with the epoch in front. */
    private static long xid(String word) {
        String digits = word.replaceFirst("^[0-9]{1,9}:", "");
        long xid = digits.matches("[0-9]{1,10}") ? Long.parseLong(digits) : 0;
        if (xid < Xids.FIRST_NORMAL || xid > 0xFFFF_FFFFL) {
            throw Refusal.usage("no transaction id: " + VisibleText.of(word));
        }
        return xid;
    }

    private CompletableFuture<Reply> give(Verb.Call call, Arguments given, NodeCommand order) {
        return give(call, given, order, directory -> { });
    }

    /** @param before the order, for the directory */
    private CompletableFuture<Reply> give(Verb.Call call, Arguments given, NodeCommand order, Consumer<Path> before) {
        if (given.operands().size() != 1) {
            throw Refusal.usage(call.verb() + " takes one node; pgxl status lists them");
        }
        return snapshot.get().thenCompose(now -> {
            NodeView node = called(given.operands().get(0), now.nodes());
            before.accept(node.report().directory());
            return carryOut(call.verb(), order, node);
        });
    }

    private NodeView called(String name, List<NodeView> nodes) {
        List<NodeView> meant = nodes.stream().filter(node -> isCalled(node, name)).toList();
        if (meant.isEmpty()) {
            throw new Refusal(Reply.UNKNOWN, "no node " + VisibleText.quoted(name)
                    + PgxlCommands.meant(name, nodes.stream().map(NodeView::name).toList())
                    + "; pgxl status lists them");
        }
        if (meant.size() > 1) {
            throw new Refusal(Reply.UNKNOWN,
                    meant.size() + " nodes are called " + VisibleText.quoted(name) + ": say the directory");
        }
        return meant.get(0);
    }

    private boolean isCalled(NodeView node, String name) {
        Path directory = node.report().directory();
        return node.name().equals(name)
                || node.nodeName().filter(name::equals).isPresent()
                || directory.getFileName().toString().equals(name)
                || directory.equals(paths.apply(name));
    }

    private CompletableFuture<Reply> carryOut(String verb, NodeCommand order, NodeView node) {
        String subject = node.report().role().label() + " " + node.directory();
        log.info(subject, "pgxl " + verb + (order instanceof NodeCommand.Stop stop ? " --mode " + stop.mode()
                : order instanceof NodeCommand.Restart restart ? " --mode " + restart.mode() : ""));
        CompletableFuture<Reply> reply = sources.order().apply(node.report().directory(), order)
                .thenApply(result -> result instanceof NodeCommand.Result.Done done
                        ? Reply.done(VisibleText.of(node.name() + ": " + done.said()))
                        : Reply.failed(Reply.REFUSED, VisibleText.of(node.name() + ": " + result.said())));
        loop.execute(() -> loop.at(loop.now().plus(PATIENCE), () -> reply.complete(Reply.failed(
                Reply.UNDER_WAY, verb + " of " + node.name() + " takes longer than " + PATIENCE.toSeconds()
                        + " s and goes on; pgxl status shows how far it is"))));
        return reply;
    }
}
