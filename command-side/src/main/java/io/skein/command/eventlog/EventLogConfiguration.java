package io.skein.command.eventlog;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.skein.eventlog.EventSerializer;
import io.skein.eventlog.LogTail;
import org.axonframework.serialization.Serializer;
import org.axonframework.serialization.upcasting.event.NoOpEventUpcaster;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the log: its database, serializer, tail, engine and store. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({CommandDatabase.class, GroupCommitSettings.class})
public class EventLogConfiguration {
    @Bean(destroyMethod = "close")
    HikariDataSource commandDataSource(CommandDatabase database) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("skein-command");
        config.setJdbcUrl(database.url());
        config.setUsername(database.username());
        config.setPassword(database.password());
        config.setMaximumPoolSize(database.maxConnections());
        config.setConnectionTimeout(10_000);
        // Starts also while the database is away; every use then says so.
        config.setInitializationFailTimeout(-1);
        config.addDataSourceProperty("ApplicationName", "skein-command");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("socketTimeout", "60");
        return new HikariDataSource(config);
    }

    @Bean
    Serializer commandSerializer() {
        return EventSerializer.create();
    }

    @Bean(destroyMethod = "close")
    LogTail commandLogTail(@Qualifier("commandDataSource") HikariDataSource dataSource) {
        return new LogTail(dataSource);
    }

    @Bean(destroyMethod = "close")
    PostgresEventStorageEngine commandEventStorageEngine(
            @Qualifier("commandDataSource") HikariDataSource dataSource,
            @Qualifier("commandSerializer") Serializer serializer,
            @Qualifier("commandLogTail") LogTail tail,
            GroupCommitSettings settings) {
        return new PostgresEventStorageEngine(dataSource, serializer, NoOpEventUpcaster.INSTANCE, tail, settings);
    }

    @Bean
    PostgresEventStore commandEventStore(PostgresEventStorageEngine engine) {
        return PostgresEventStore.on(engine);
    }
}
