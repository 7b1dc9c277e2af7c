/** Asks servers whether they serve, in their own protocols. Knows nothing of HTTP. */
package com.tiredpixel.pgxl.agent.status.probe;
