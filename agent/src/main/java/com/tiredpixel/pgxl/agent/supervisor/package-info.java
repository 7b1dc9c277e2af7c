/**
 * What should run, and what is done about it.
 *
 * <ul>
 *   <li>One thread for all: {@code Supervisor} takes the steps of a turn ({@code TurnStep}); others leave it notes and
 *       commands in the {@code Mailbox}. {@code Nodes} are those of the container.
 *   <li>One node: {@code NodeMachine} is the table of its states, {@code ManagedNode} its place in it, {@code NodeStart} and
 *       {@code NodeEnd} do what the table asks for, {@code NodeMemory} counts. {@code WatchedNode} keeps the thread from a
 *       directory that does not answer.
 *   <li>Finding: {@code BackgroundScan} of the volume, {@code ServerFinder} of servers that others started.
 *   <li>Starting and stopping all: {@code StartQueue}, {@code Shutdown} by the {@code StopPlan}.
 *   <li>For others: {@code Overview}, {@code NodeReport}, {@code NodeHistory}; {@code NodeCommand} and {@code StartGuard}.
 * </ul>
 */
package com.tiredpixel.pgxl.agent.supervisor;
