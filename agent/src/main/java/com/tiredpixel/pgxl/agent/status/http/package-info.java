/** A small HTTP/1 server, bounded in everything. Knows nothing of nodes. */
package com.tiredpixel.pgxl.agent.status.http;
