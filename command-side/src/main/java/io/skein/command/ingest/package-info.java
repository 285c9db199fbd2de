/** What did somebody say to us, and is it in the log? Shared by all doors: parsing, recording, dead letters. */
@NullMarked
package io.skein.command.ingest;

import org.jspecify.annotations.NullMarked;
