package io.skein.projection;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.skein.eventlog.EventSerializer;
import io.skein.eventlog.LogCache;
import io.skein.eventlog.LogNames;
import io.skein.eventlog.LogPages;
import io.skein.eventlog.LogReader;
import io.skein.eventlog.LogTail;
import io.skein.projection.agents.Agents;
import io.skein.projection.alerts.Alerts;
import io.skein.projection.audit.AuditTrail;
import io.skein.projection.causalgraph.GraphLimits;
import io.skein.projection.causalgraph.GraphTopologyManager;
import io.skein.projection.detection.PatternDetector;
import io.skein.projection.engine.LogReplay;
import io.skein.projection.engine.Projection;
import io.skein.projection.engine.ProjectionCatalogue;
import io.skein.projection.engine.ProjectionProcessors;
import io.skein.projection.engine.ProjectionRebuilder;
import io.skein.projection.engine.Sandbox;
import io.skein.projection.evidence.SelfCheck;
import io.skein.projection.evidence.SelfCheckSettings;
import io.skein.projection.evidence.TreeFollower;
import io.skein.projection.interventions.Interventions;
import io.skein.projection.metrics.MetricsAggregator;
import io.skein.projection.past.PastSettings;
import io.skein.projection.past.PastViews;
import io.skein.projection.policy.PolicyHistory;
import io.skein.projection.publish.Publishing;
import io.skein.projection.publish.PublishingSettings;
import io.skein.projection.rebuild.ProjectionOperations;
import io.skein.projection.replay.ReplayToTopic;
import io.skein.projection.whatif.WhatIf;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.axonframework.serialization.upcasting.event.NoOpEventUpcaster;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/** The projections side: import it into a context whose database has the schema, and the read tables follow the log. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    ProjectionsSettings.class,
    GraphLimits.class,
    PublishingSettings.class,
    PastSettings.class,
    SelfCheckSettings.class
})
public class Projections {

    @Bean(destroyMethod = "close")
    HikariDataSource projectionDataSource(ProjectionsSettings settings) {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName("skein-projections");
        pool.setJdbcUrl(settings.database().url());
        pool.setUsername(settings.database().username());
        pool.setPassword(settings.database().password());
        pool.setMaximumPoolSize(settings.database().maxConnections());
        pool.setMinimumIdle(2);
        // What a crash may lose of the read tables is lost with its token, and made again from the log.
        pool.setConnectionInitSql("set synchronous_commit = off");
        pool.addDataSourceProperty("reWriteBatchedInserts", "true");
        pool.addDataSourceProperty("ApplicationName", "skein-projections");
        return new HikariDataSource(pool);
    }

    @Bean
    PlatformTransactionManager projectionTransactionManager(@Qualifier("projectionDataSource") DataSource dataSource) {
        return new DataSourceTransactionManager(dataSource);
    }

    @Bean
    LogPages projectionLogPages(@Qualifier("projectionDataSource") DataSource dataSource) {
        return new LogPages(dataSource, new LogNames());
    }

    @Bean(destroyMethod = "close")
    LogTail projectionLogTail(@Qualifier("projectionDataSource") DataSource dataSource) {
        return new LogTail(dataSource);
    }

    @Bean
    LogReader projectionLogReader(
            @Qualifier("projectionLogPages") LogPages pages,
            @Qualifier("projectionLogTail") LogTail tail,
            Optional<LogCache> cache) {
        return new LogReader(
                pages, tail, EventSerializer.create(), NoOpEventUpcaster.INSTANCE, cache.orElseGet(LogCache::new));
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    ProjectionProcessors projectionProcessors(
            ProjectionsSettings settings,
            @Qualifier("projectionLogPages") LogPages pages,
            @Qualifier("projectionLogReader") LogReader reader,
            @Qualifier("projectionDataSource") DataSource dataSource,
            @Qualifier("projectionTransactionManager") PlatformTransactionManager transactions,
            @Qualifier("projectionCatalogue") ProjectionCatalogue catalogue) {
        return new ProjectionProcessors(
                catalogue.asDecided(dataSource),
                reader,
                dataSource,
                transactions,
                settings.batchSize(),
                settings.attempts());
    }

    /** Names of the projections that run detectors. */
    static final List<String> DETECTING = List.of(PatternDetector.NAME);

    @Bean
    ProjectionCatalogue projectionCatalogue(
            ProjectionsSettings settings,
            GraphLimits graphLimits,
            @Qualifier("projectionLogPages") LogPages pages,
            @Qualifier("projectionLogReader") LogReader reader) {
        return parameters -> projections(settings, graphLimits, pages, reader, parameters);
    }

    static List<Projection> projections(ProjectionsSettings settings, LogPages pages, LogReader reader) {
        return projections(settings, GraphLimits.DEFAULT, pages, reader, Map.of());
    }

    /** @param parameters of detectors that are other than those of the code, by detector and parameter */
    static List<Projection> projections(
            ProjectionsSettings settings,
            GraphLimits graphLimits,
            LogPages pages,
            LogReader reader,
            Map<String, Map<String, String>> parameters) {
        return List.of(
                new Agents(),
                new GraphTopologyManager(new LogReplay(pages, reader), settings.checkpointEvery(), graphLimits),
                new Alerts(),
                new MetricsAggregator(pages, reader),
                new AuditTrail(),
                new PolicyHistory(),
                new Interventions(new LogReplay(pages, reader)),
                new PatternDetector(
                        new LogReplay(pages, reader),
                        settings.checkpointEvery(),
                        () -> PatternDetectors.with(parameters)));
    }

    @Bean
    ProjectionRebuilder projectionRebuilder(
            ProjectionProcessors processors, @Qualifier("projectionDataSource") DataSource dataSource) {
        return new ProjectionRebuilder(processors, dataSource);
    }

    @Bean
    Sandbox projectionSandbox(
            @Qualifier("projectionDataSource") DataSource dataSource,
            @Qualifier("projectionLogPages") LogPages pages,
            @Qualifier("projectionLogReader") LogReader reader) {
        return new Sandbox(dataSource, pages, reader);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    PastViews projectionPastViews(
            PastSettings past,
            @Qualifier("projectionSandbox") Sandbox sandbox,
            @Qualifier("projectionCatalogue") ProjectionCatalogue catalogue,
            @Qualifier("projectionDataSource") DataSource dataSource) {
        return new PastViews(() -> catalogue.asDecided(dataSource), sandbox, dataSource, past);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    ProjectionOperations projectionOperations(
            ProjectionProcessors processors,
            @Qualifier("projectionSandbox") Sandbox sandbox,
            @Qualifier("projectionCatalogue") ProjectionCatalogue catalogue,
            @Qualifier("projectionLogPages") LogPages pages,
            @Qualifier("projectionLogReader") LogReader reader,
            @Qualifier("projectionDataSource") DataSource dataSource,
            Publishing publishing) {
        return new ProjectionOperations(
                catalogue,
                processors,
                sandbox,
                pages,
                dataSource,
                List.of(
                        new WhatIf(catalogue, sandbox, pages, new LogReplay(pages, reader), dataSource, DETECTING),
                        new ReplayToTopic(pages, publishing::anotherProducer)));
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    TreeFollower projectionTreeFollower(
            @Qualifier("projectionDataSource") DataSource dataSource, @Qualifier("projectionLogTail") LogTail tail) {
        return new TreeFollower(dataSource, tail);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    SelfCheck projectionSelfCheck(
            SelfCheckSettings settings, @Qualifier("projectionDataSource") DataSource dataSource) {
        return new SelfCheck(settings, dataSource);
    }

    /** Down where the log is not what it was: somebody must look. */
    @Bean
    HealthIndicator projectionsEvidenceHealth(TreeFollower tree, SelfCheck check) {
        return () -> {
            Health.Builder health =
                    check.tampering().isPresent() || !tree.trouble().isEmpty() ? Health.down() : Health.up();
            check.tampering()
                    .ifPresent(found -> health.withDetail("firstWrongPosition", found.position())
                            .withDetail("what", found.what()));
            if (!tree.trouble().isEmpty()) {
                health.withDetail("tree", tree.trouble());
            }
            return health.withDetail("checked", check.checked())
                    .withDetail("passes", check.passes())
                    .build();
        };
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    Publishing projectionPublishing(
            PublishingSettings settings, @Qualifier("projectionDataSource") DataSource dataSource) {
        return new Publishing(settings, dataSource);
    }

    @Bean
    HealthIndicator projectionsHealthIndicator(
            ProjectionProcessors processors,
            Publishing publishing,
            @Qualifier("projectionLogTail") LogTail tail,
            @Qualifier("projectionDataSource") DataSource dataSource) {
        return new ProjectionsHealth(processors, publishing, tail, dataSource);
    }
}
