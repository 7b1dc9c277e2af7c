/** What every room may use: the clock, where events are logged, and how a loop outlives its failures. Knows no other room. */
package com.tiredpixel.pgxl.agent.base;
