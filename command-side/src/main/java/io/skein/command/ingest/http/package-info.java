/** How do messages and acts come in over HTTP? */
@NullMarked
package io.skein.command.ingest.http;

import org.jspecify.annotations.NullMarked;
