/** How does an OpenTelemetry trace become messages? The OTLP doors (HTTP and gRPC), the mapping table, and the spans that wait for others. */
@NullMarked
package io.skein.command.ingest.otlp;

import org.jspecify.annotations.NullMarked;
