/**
 * A load that can see what a cluster loses: transactions over two datanodes that wait for one another, readers, and at the
 * end the books. And the smallest cluster that can carry it.
 */
package com.tiredpixel.pgxl.it.ledger;
