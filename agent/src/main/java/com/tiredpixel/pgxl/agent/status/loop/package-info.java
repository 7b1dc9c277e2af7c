/** One thread for many sockets. */
package com.tiredpixel.pgxl.agent.status.loop;
