/** How is Kafka reached, and are its topics as they must be? */
@NullMarked
package io.skein.command.kafka;

import org.jspecify.annotations.NullMarked;
