/**
 * The guard of {@code gtm.control}: copies of it, the check before each start of a GTM, and its repair. A GTM that
 * starts on a file that is too old hands out transaction ids a second time, and nothing in the cluster notices.
 */
package com.tiredpixel.pgxl.agent.gtm;
