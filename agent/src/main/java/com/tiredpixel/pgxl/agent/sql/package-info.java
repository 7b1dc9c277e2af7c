/** How servers are asked in SQL: by {@code psql}, each question with a limit in time. */
package com.tiredpixel.pgxl.agent.sql;
