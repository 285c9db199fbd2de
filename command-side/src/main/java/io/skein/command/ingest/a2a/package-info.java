/** What does an A2A message say in our words? */
@NullMarked
package io.skein.command.ingest.a2a;

import org.jspecify.annotations.NullMarked;
