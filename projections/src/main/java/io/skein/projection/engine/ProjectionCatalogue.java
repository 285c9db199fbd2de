package io.skein.projection.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** Makes projections that remember nothing yet. */
@FunctionalInterface
public interface ProjectionCatalogue {
    /**
     * All of them, new.
     *
     * @param parameters of detectors that are other than those of the code: values by detector and parameter
     * @throws IllegalArgumentException if a detector or parameter is not known, or its value not allowed
     */
    List<Projection> make(Map<String, Map<String, String>> parameters);

    /** One of them, new. */
    default Projection make(String name, Map<String, Map<String, String>> parameters) {
        List<Projection> all = make(parameters);
        return all.stream()
                .filter(projection -> projection.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("there is no projection '" + name + "'; expected one of "
                                + all.stream().map(Projection::name).toList()));
    }

    /** All of them, new, each with the parameters that are decided for it. */
    default List<Projection> asDecided(DataSource dataSource) {
        Map<String, ProjectionControls.Control> controls;
        try (Connection database = dataSource.getConnection()) {
            controls = ProjectionControls.all(database);
        } catch (SQLException failure) {
            throw new IllegalStateException("how the projections are meant to run could not be read", failure);
        }
        return make(Map.of()).stream()
                .map(projection -> {
                    Map<String, Map<String, String>> parameters = controls.getOrDefault(
                                    projection.name(), ProjectionControls.Control.AS_CODED)
                            .parameters();
                    return parameters.isEmpty() ? projection : make(projection.name(), parameters);
                })
                .toList();
    }
}
