package com.tiredpixel.pgxl.agent.ssh;

/**
 * What the SSH server has done since its start, and is doing now.
 *
 * @param connections accepted
 * @param connectionsNow open, logged in or not
 * @param connectionsRefused dropped before they could log in: too many, or too slow
 * @param connectionsEnded for what their clients sent, or left unread
 * @param logins that succeeded
 * @param authenticationFailures attempts to log in that failed, whatever was wrong
 * @param commands started: commands, shells, file transfers
 * @param commandsNow running
 * @param commandsRefused for there were too many
 * @param exitedZero commands that exited 0
 * @param exitedNonZero commands that exited with another code
 * @param signaled commands that a signal ended
 * @param abandoned commands whose client left before their end
 * @param bytesIn of standard input and files, from clients
 * @param bytesOut of standard output, standard error and files, to clients
 */
public record SshCounters(
        long connections,
        long connectionsNow,
        long connectionsRefused,
        long connectionsEnded,
        long logins,
        long authenticationFailures,
        long commands,
        long commandsNow,
        long commandsRefused,
        long exitedZero,
        long exitedNonZero,
        long signaled,
        long abandoned,
        long bytesIn,
        long bytesOut) {
}
