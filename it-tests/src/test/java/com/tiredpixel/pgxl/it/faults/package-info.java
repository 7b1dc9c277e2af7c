/**
 * What breaks, how often it was tried, and how often the agent kept its promises: the experiments behind the
 * table in {@code it-tests/README.md}. Run by {@code scripts/faults} only.
 */
package com.tiredpixel.pgxl.it.faults;
