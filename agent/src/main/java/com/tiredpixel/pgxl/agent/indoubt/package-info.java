/**
 * Resolves transactions over several nodes that were left prepared when a session, a server or a host died. Beside a
 * coordinator, by what every participant says of itself, and never by a guess; {@code pgxc_clean} guesses.
 */
package com.tiredpixel.pgxl.agent.indoubt;
