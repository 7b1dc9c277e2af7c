/**
 * What lies on disk: roles, evidence, pid files, option files. Paths and bytes in, values out: no clock, no
 * process.
 */
package com.tiredpixel.pgxl.agent.node;
