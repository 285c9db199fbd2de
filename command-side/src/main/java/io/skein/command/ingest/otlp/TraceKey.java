package io.skein.command.ingest.otlp;

import io.skein.kernel.id.NetworkId;

/** A trace within its network. */
record TraceKey(NetworkId networkId, String traceId) {}
