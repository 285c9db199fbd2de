package io.skein.projection.rebuild;

import io.skein.projection.engine.ProjectionControls;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What somebody wants done.
 *
 * @param subject the operation that it concerns
 * @param parameters as JSON: {@code detectors}, {@code to}, {@code from}
 */
record Order(
        UUID id, String act, String projection, @Nullable UUID subject, JsonNode parameters, String by, String reason) {

    /** Parameters of detectors, by detector and parameter. */
    Map<String, Map<String, String>> detectors() {
        JsonNode detectors = parameters.path("detectors");
        return detectors.isObject() ? new HashMap<>(ProjectionControls.parameters(detectors.toString())) : Map.of();
    }

    /** A position among the parameters, or what is said instead. */
    long position(String name, long otherwise) {
        return parameters.path(name).isIntegralNumber() ? parameters.path(name).asLong() : otherwise;
    }
}
