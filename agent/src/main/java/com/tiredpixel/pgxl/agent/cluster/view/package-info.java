/** What is known of each node and of all together, and how it is shown. Pure: asks nobody. */
package com.tiredpixel.pgxl.agent.cluster.view;
