package com.tiredpixel.pgxl.agent.status;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.indoubt.InDoubt;
import com.tiredpixel.pgxl.agent.node.VolumeScan;
import com.tiredpixel.pgxl.agent.ssh.SshCounters;
import com.tiredpixel.pgxl.agent.supervisor.NodeCommand;
import com.tiredpixel.pgxl.agent.supervisor.Overview;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Where the room gets what it shows, and where it takes what it is told. Each may be called from any thread.
 *
 * @param overview what the supervisor knows
 * @param ssh what the SSH server has done
 * @param sshSilence for how long the thread of the SSH server has not turned
 * @param orphansReaped so far
 * @param childrenReaped so far
 * @param servers what they say their version is, empty before they were asked
 * @param scan examines the volume
 * @param order has the supervisor do something to the node of a directory
 * @param reload reads the volume and PostgreSQL's configuration again
 * @param logLevel changes it
 * @param inDoubt what the last look for transactions in doubt found
 * @param alone lets the datanode of a directory serve beside another of its name
 */
public record StatusSources(
        Supplier<Overview> overview,
        Supplier<SshCounters> ssh,
        Supplier<Duration> sshSilence,
        LongSupplier orphansReaped,
        LongSupplier childrenReaped,
        Supplier<String> servers,
        Supplier<VolumeScan> scan,
        BiFunction<Path, NodeCommand, CompletableFuture<NodeCommand.Result>> order,
        Runnable reload,
        Consumer<EventLog.Level> logLevel,
        Supplier<InDoubt> inDoubt,
        Consumer<Path> alone) {
}
