package io.skein.projection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;

class ProjectionsApplicationTest {
    private final LogFixture log = new LogFixture();

    @Test
    void the_application_runs_as_a_role_that_may_only_project_and_its_health_tells_positions() {
        log.execute("do $$ begin if not exists (select 1 from pg_roles where rolname = 'projector') then"
                + " create role projector login in role skein_projection; end if; end $$");
        log.append(RandomEvents.of(new Random(3), 50));
        try (ConfigurableApplicationContext context = new SpringApplication(ProjectionsApplication.class)
                .run(
                        "--skein.projections.database.url=" + log.database.url(),
                        "--skein.projections.database.username=projector",
                        "--spring.main.web-application-type=none",
                        "--spring.main.banner-mode=off")) {
            RunningProjections.NAMES.forEach(name -> RunningProjections.await(
                    name + " at 50",
                    () -> log.rows("select position from projection_progress where name = '" + name + "'")
                            .equals(List.of("50"))));
            Health health = context.getBean("projectionsHealthIndicator", HealthIndicator.class)
                    .health();
            assertThat(health).isNotNull();
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails())
                    .containsKeys("agents", "causal-graph", "alerts", "metrics", "audit", "patterns");
            assertThat(String.valueOf(health.getDetails().get("audit"))).contains("position=50");
        }
    }
}
