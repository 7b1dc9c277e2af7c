package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.base.Daemon;
import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.base.MonotonicClock;
import com.tiredpixel.pgxl.agent.os.OwnUsage;
import com.tiredpixel.pgxl.agent.status.http.HostRule;
import com.tiredpixel.pgxl.agent.status.http.HttpServer;
import com.tiredpixel.pgxl.agent.status.http.Peer;
import com.tiredpixel.pgxl.agent.status.http.Request;
import com.tiredpixel.pgxl.agent.status.http.Response;
import com.tiredpixel.pgxl.agent.status.http.SharedPages;
import com.tiredpixel.pgxl.agent.status.http.Site;
import com.tiredpixel.pgxl.agent.status.loop.EventLoop;
import com.tiredpixel.pgxl.agent.status.probe.Prober;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What others see and steer: health, status and metrics over HTTP, and the command {@code pgxl}. */
public final class StatusServer implements Site {
    /** Where {@code pgxl} proves itself and sends its words, each with a NUL behind it. */
    static final String COMMANDS = "/pgxl";
    private static final List<String> PAGES =
            List.of("/", "/live", "/ready", "/health", "/startup", "/status", "/metrics");
    private static final Pattern NONCE = Pattern.compile("[0-9A-Za-z-]{32,64}");
    /** After a port could not be had. */
    static final Duration BETWEEN_TRIES = Duration.ofSeconds(10);
    private static final int WORKERS = 2;
    private static final int MOST_QUEUED = 512;

    private final StatusSettings settings;
    private final StatusSources sources;
    private final EventLog log;
    private final MonotonicClock clock;
    private final Duration begun;
    private final EventLoop loop;
    private final ThreadPoolExecutor workers;
    private final NodeViews views;
    private final Prober prober;
    private final PgxlCommands commands;
    private final SharedPages shared;
    private final HostRule hosts;
    private final HttpServer server;
    private ControlToken token;
    private volatile int port;

    /** @throws IOException if the kernel has no descriptor left */
    public StatusServer(
            StatusSettings settings, StatusSources sources, Explain explain, EventLog log, MonotonicClock clock)
            throws IOException {
        this(settings, sources, explain, log, clock, InetAddress::isLoopbackAddress);
    }

    /** @param isLocal which addresses are this container's own */
    StatusServer(
            StatusSettings settings, StatusSources sources, Explain explain, EventLog log, MonotonicClock clock,
            Predicate<InetAddress> isLocal)
            throws IOException {
        this.settings = settings;
        this.sources = sources;
        this.log = log;
        this.clock = clock;
        this.begun = clock.now();
        this.loop = new EventLoop(clock, log);
        this.workers = new ThreadPoolExecutor(
                WORKERS, WORKERS, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_QUEUED),
                task -> Daemon.make("status-worker", task));
        workers.allowCoreThreadTimeOut(true);
        this.prober = new Prober(loop, settings.user());
        this.views = new NodeViews(settings.home(), prober, clock);
        this.commands = new PgxlCommands(sources, settings.home(), loop, workers, log, explain, this::snapshot);
        this.shared = new SharedPages(clock::now, this::page);
        this.hosts = new HostRule(settings.hostName());
        this.server = new HttpServer(loop, this, isLocal);
    }

    /**
     * Listens. An address that cannot be had is told and left out: the databases need nobody to watch them.
     * Must run as the user of the servers.
     */
    public void open() {
        token = ControlToken.open(settings.stateDirectory().resolve("control-token"), log);
        List<InetAddress> addresses = new ArrayList<>(settings.listen());
        InetAddress loopback = InetAddress.getLoopbackAddress();
        if (addresses.stream().noneMatch(one -> one.isAnyLocalAddress() || one.equals(loopback))) {
            addresses.add(loopback);
        }
        List<String> heard = new ArrayList<>();
        for (InetAddress address : addresses) {
            try {
                port = server.listen(address, settings.port());
                heard.add(endpoint(address));
            } catch (IOException e) {
                log.error("agent", "no status, health and metrics" + (address.equals(loopback) ? ", and no pgxl" : "")
                        + ": " + e.getMessage() + "; another process of this network may have the port; tried again every "
                        + BETWEEN_TRIES.toSeconds() + " s");
                loop.execute(() -> listenLater(address));
            }
        }
        if (!heard.isEmpty()) {
            log.info("agent", "status, health and metrics on " + String.join(", ", heard));
        }
    }

    private void listenLater(InetAddress address) {
        loop.at(loop.now().plus(BETWEEN_TRIES), () -> {
            try {
                port = server.listen(address, settings.port());
                log.info("agent", "status, health and metrics on " + endpoint(address) + " now");
            } catch (IOException still) {
                listenLater(address);
            }
        });
    }

    private String endpoint(InetAddress address) {
        return address.getHostAddress() + " port " + port;
    }

    /** @return the port that {@link #open} got */
    public int port() {
        return port;
    }

    @Override
    public Optional<Response> refusal(Request request) {
        Optional<String> objection = hosts.objection(request);
        if (objection.isPresent()) {
            return Optional.of(Response.text(421, objection.get() + "\n"));
        }
        if (request.path().equals(COMMANDS) && !request.peer().local()) {
            return Optional.of(Response.text(403, "pgxl works inside the container only\n"));
        }
        if (request.path().equals(COMMANDS)) {
            return request.method().equals("POST")
                    ? Optional.empty()
                    : Optional.of(Response.text(405, "only POST here\n").with("Allow", "POST"));
        }
        if (!PAGES.contains(request.path())) {
            return Optional.of(Response.text(404, "nothing here; / lists what there is\n"));
        }
        return List.of("GET", "HEAD").contains(request.method())
                ? Optional.empty()
                : Optional.of(Response.text(405, "only GET and HEAD here\n").with("Allow", "GET, HEAD"));
    }

    @Override
    public CompletableFuture<Response> answer(Request request) {
        try {
            if (request.path().equals(COMMANDS)) {
                return command(request);
            }
            return request.peer().local() ? page(request.path()) : shared.of(request.path());
        } catch (RejectedExecutionException full) {
            return now(Response.text(503, "too many requests wait\n"));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Response> page(String path) {
        return switch (path) {
            // Without a worker: neither a slow disk nor a full queue says anything about the agent.
            case "/live" -> now(Health.live(
                    sources.overview().get(), sources.sshSilence().get(), clock.now()).response());
            case "/ready" -> snapshotted(now -> Health.ready(now.overview(), now.nodes()).response());
            case "/health" -> snapshotted(now -> Health.healthy(now.overview(), now.nodes()).response());
            case "/startup" -> snapshotted(now -> Health.startup(now.overview(), now.nodes()).response());
            case "/status" -> snapshotted(now -> Response.json(200, StatusJson.of(now)));
            case "/metrics" -> snapshot().thenCombineAsync(prober.counts(), (now, probes) ->
                    Response.of(200, Metrics.TYPE, Metrics.of(now, probes)), workers);
            default -> now(Response.text(200, String.join(" ", PAGES.subList(1, PAGES.size())) + "\n"));
        };
    }

    private CompletableFuture<Response> snapshotted(Function<Snapshot, Response> page) {
        return snapshot().thenApplyAsync(page, workers);
    }

    /** First a challenge, if he wants one, and then what he orders on the same connection, with the proof. */
    private CompletableFuture<Response> command(Request request) {
        Peer peer = request.peer();
        String nonce = request.header("pgxl-nonce");
        if (!nonce.isEmpty() && !peer.isChallenged()) {
            return now(NONCE.matcher(nonce).matches()
                    ? challenge(peer.reached(), nonce + "\n" + token.nonce())
                    : Response.text(400, "that is no nonce\n"));
        }
        boolean proved = peer.isChallenged();
        if (proved && !token.isOrder(peer.reached(), peer.challenge(), request.body(), request.header("pgxl-proof"))) {
            return now(Response.text(403, "the proof is wrong\n"));
        }
        int columns = request.header("pgxl-columns").matches("[0-9]{1,4}")
                ? Integer.parseInt(request.header("pgxl-columns"))
                : 0;
        var screen = new StatusText.Screen(columns, request.header("pgxl-color").equals("yes"));
        return commands.answer(words(request.body()), screen, proved).thenApply(reply ->
                Response.text(200, reply.text()).with("Pgxl-Exit", Integer.toString(reply.exit())));
    }

    private Response challenge(String reached, String nonces) {
        String own = nonces.substring(nonces.indexOf('\n') + 1);
        return Response.text(401, "")
                .with("Pgxl-Nonce", own)
                .with("Pgxl-Proof", token.proofOfAgent(reached, nonces).orElse("none"))
                .challengedWith(nonces);
    }

    private static List<String> words(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        List<String> words = new ArrayList<>(Arrays.asList(text.split("\0", -1)));
        words.remove(words.size() - 1);
        return words;
    }

    /** Reads files, so a worker takes it. */
    private CompletableFuture<Snapshot> snapshot() {
        return CompletableFuture.supplyAsync(
                () -> {
                    var overview = sources.overview().get();
                    var agent = new AgentFacts(
                            settings.version(),
                            sources.servers().get(),
                            settings.pid(),
                            clock.now().minus(begun),
                            OwnUsage.now(),
                            sources.ssh().get(),
                            sources.orphansReaped().getAsLong(),
                            sources.childrenReaped().getAsLong());
                    return views.of(overview.nodes()).thenApply(nodes ->
                            new Snapshot(agent, overview, nodes, sources.inDoubt().get()));
                },
                workers).thenCompose(Function.identity());
    }

    private static CompletableFuture<Response> now(Response response) {
        return CompletableFuture.completedFuture(response);
    }
}
