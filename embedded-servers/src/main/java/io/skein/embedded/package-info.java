/** How do PostgreSQL and Kafka run without being installed? Real servers, started and stopped with the process, on loopback only. */
@NullMarked
package io.skein.embedded;

import org.jspecify.annotations.NullMarked;
