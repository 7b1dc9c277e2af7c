/** Every setting: name, default, unit and check, in one table. Knows no other room. */
package com.tiredpixel.pgxl.agent.config;
