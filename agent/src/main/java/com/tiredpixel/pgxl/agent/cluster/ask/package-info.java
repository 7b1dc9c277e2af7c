/** How others are asked: programs with a limit in time and in what they may print, and the JSON that agents answer with. */
package com.tiredpixel.pgxl.agent.cluster.ask;
