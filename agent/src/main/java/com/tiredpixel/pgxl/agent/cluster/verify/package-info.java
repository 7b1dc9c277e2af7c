/** What must agree in a cluster, and whether it does: facts in, findings out. Pure: asks nobody. */
package com.tiredpixel.pgxl.agent.cluster.verify;
