/** How do messages come in from the raw topic? */
@NullMarked
package io.skein.command.ingest.kafka;

import org.jspecify.annotations.NullMarked;
