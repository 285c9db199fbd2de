/** How does an event become durable, in one order without gaps? The writing half of the log: group commit on PostgreSQL behind Axon's interfaces. */
@NullMarked
package io.skein.command.eventlog;

import org.jspecify.annotations.NullMarked;
