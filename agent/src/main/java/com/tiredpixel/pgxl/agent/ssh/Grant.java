package com.tiredpixel.pgxl.agent.ssh;

import org.apache.sshd.common.AttributeRepository.AttributeKey;

/**
 * With which key a connection logged in, and what the line of that key allows.
 *
 * @param fingerprint as {@code ssh-keygen -l} shows it
 * @param options of the line in {@code authorized_keys}
 */
record Grant(String fingerprint, KeyOptions options) {
    /**
     * Set at each attempt that finds its key, so the last one before success is of the key whose signature was
     * verified.
     */
    static final AttributeKey<Grant> OF_SESSION = new AttributeKey<>();
}
