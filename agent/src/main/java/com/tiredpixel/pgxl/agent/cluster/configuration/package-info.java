/** Which nodes there are, as {@code pgxc_ctl.conf} says. */
package com.tiredpixel.pgxl.agent.cluster.configuration;
