package com.tiredpixel.pgxl.agent.cluster.verify;

/** How bad a finding is. */
public enum Severity {
    /** Wrong answers, lost data or an outage, now or at the next step. */
    ERROR,
    /** It works, until something else fails. */
    WARNING
}
