/**
 * The whole cluster, seen from Control. A program of its own, which {@code pgxl cluster …} starts: nothing of it is loaded
 * in a node's agent.
 */
package com.tiredpixel.pgxl.agent.cluster;
