package com.tiredpixel.pgxl.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A network of its own, with 10.99.0.1 as the outside; the host's own network knows nothing of it. */
public final class Wire implements AutoCloseable {

    private final Path directory;
    private final Process process;

    /** @param directory where its pid is noted */
    public Wire(Path directory) {
        this.directory = directory;
        try {
            process = new ProcessBuilder(Places.SANDBOX, "wire", directory.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readNBytes("ready\n".length()));
            if (!said.equals("ready\n")) {
                throw new AssertionError(said + new String(process.getInputStream().readAllBytes()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path directory() {
        return directory;
    }

    /** @return the command line that runs a program of the host at this network's outside */
    public List<String> outside(List<String> command) {
        var all = new ArrayList<>(List.of(Places.SANDBOX, "on-wire", directory.toString()));
        all.addAll(command);
        return all;
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
