package io.skein.system;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The directions of the house: who may know whom. */
class HouseDirectionsTest {
    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.skein");

    @Test
    void every_room_was_looked_at() {
        for (String room : List.of(
                "kernel", "graph", "eventlog", "db", "embedded", "command", "projection", "query", "standalone")) {
            assertThat(HOUSE.that(resideInAPackage("io.skein." + room + "..")))
                    .as("classes of io.skein.%s", room)
                    .isNotEmpty();
        }
    }

    @Test
    void the_three_sides_never_import_one_another() {
        for (String side : List.of("command", "projection", "query")) {
            String[] others = List.of("command", "projection", "query").stream()
                    .filter(other -> !other.equals(side))
                    .map(other -> "io.skein." + other + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage("io.skein." + side + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others)
                    .because("the sides meet in events, tables and topics")
                    .check(HOUSE);
        }
    }

    @Test
    void no_side_knows_the_process_it_runs_in() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.skein.command..",
                        "io.skein.projection..",
                        "io.skein.query..",
                        "io.skein.kernel..",
                        "io.skein.graph..",
                        "io.skein.eventlog..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.skein.standalone..", "io.skein.embedded..", "io.skein.bench..")
                .check(HOUSE);
    }

    @Test
    void the_language_is_plain_java_but_for_message_annotations() {
        classes()
                .that()
                .resideInAPackage("io.skein.kernel..")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.jspecify.annotations..", "io.skein.kernel..")
                        .or(com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf(
                                org.axonframework.modelling.command.TargetAggregateIdentifier.class,
                                org.axonframework.serialization.Revision.class)))
                .check(HOUSE);
    }

    @Test
    void graph_algorithms_know_java_and_nothing_else() {
        classes()
                .that()
                .resideInAPackage("io.skein.graph..")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.jspecify.annotations..", "io.skein.graph.."))
                .check(HOUSE);
    }

    @Test
    void only_the_command_side_can_append_to_the_log() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.skein.command..", "io.skein.bench..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.skein.command.eventlog..")
                .check(HOUSE);
    }

    @Test
    void features_of_projections_do_not_import_each_other() {
        slices().matching("io.skein.projection.(*)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency(
                        resideInAPackage("io.skein.projection.."),
                        // What all projections share, and what all detectors share.
                        resideInAnyPackage("io.skein.projection.engine..", "io.skein.projection.detection.."))
                .check(HOUSE);
    }

    @Test
    void the_projections_engine_knows_no_feature() {
        noClasses()
                .that()
                .resideInAPackage("io.skein.projection.engine..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.skein.projection..")
                        .and(com.tngtech.archunit.base.DescribedPredicate.not(
                                resideInAnyPackage("io.skein.projection.engine..", "io.skein.projection"))))
                .check(HOUSE);
    }

    @Test
    void packages_of_one_side_form_no_circle() {
        for (String side : List.of("kernel", "command", "projection", "query", "standalone")) {
            slices().matching("io.skein." + side + ".(*)..")
                    .should()
                    .beFreeOfCycles()
                    .check(HOUSE);
        }
    }

    @Test
    void state_made_from_events_reads_no_clock_and_no_unseeded_chance() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.skein.projection.detection..",
                        "io.skein.projection.loops..",
                        "io.skein.projection.byzantine..",
                        "io.skein.projection.cascades..",
                        "io.skein.projection.hoarding..",
                        "io.skein.projection.agents..",
                        "io.skein.projection.causalgraph..",
                        "io.skein.graph..")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callConstructor(java.util.Random.class)
                .check(HOUSE);
    }

    @Test
    void the_vendors_connector_is_not_on_the_class_path() {
        assertThat(getClass()
                        .getClassLoader()
                        .getResource("org/axonframework/axonserver/connector/AxonServerConfiguration.class"))
                .isNull();
    }
}
