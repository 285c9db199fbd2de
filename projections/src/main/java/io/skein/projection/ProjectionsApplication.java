package io.skein.projection;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The projections as a process of their own. The database must have the schema already. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(
        excludeName = {
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration"
        })
@Import(Projections.class)
public class ProjectionsApplication {
    /** @param arguments Spring Boot's own, as {@code --skein.projections.database.url=…} */
    public static void main(String[] arguments) {
        SpringApplication.run(ProjectionsApplication.class, arguments);
    }
}
