/**
 * The server process of a node, from its start to the verdict on its end: started as its last real start was, or adopted,
 * watched until it serves, told to stop, and judged when it has ended.
 */
package com.tiredpixel.pgxl.agent.supervisor.server;
