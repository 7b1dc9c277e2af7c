/**
 * The image in a real Docker engine, the one that {@code DOCKER_HOST} names; without that these tests are
 * skipped, and say so. {@code scripts/lib/docker-engine run} gives them an engine of their own.
 */
package com.tiredpixel.pgxl.it.docker;
