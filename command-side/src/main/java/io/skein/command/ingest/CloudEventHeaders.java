package io.skein.command.ingest;

import java.util.LinkedHashMap;
import java.util.Map;

/** How CloudEvents in binary mode name their attributes on Kafka; dead letters of every door keep them so. */
public final class CloudEventHeaders {
    public static final String PREFIX = "ce_";

    private CloudEventHeaders() {}

    /** The attributes among the headers, by name without prefix. */
    public static Map<String, String> attributes(Map<String, String> headers) {
        Map<String, String> attributes = new LinkedHashMap<>();
        headers.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                attributes.put(name.substring(PREFIX.length()), value);
            }
        });
        return attributes;
    }
}
