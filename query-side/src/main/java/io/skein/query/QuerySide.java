package io.skein.query;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.skein.query.reading.AsOf;
import io.skein.query.reading.ConsistentReads;
import io.skein.query.reading.Past;
import io.skein.query.reading.PastQuery;
import io.skein.query.reading.QueryAnswers;
import java.util.List;
import javax.sql.DataSource;
import org.axonframework.queryhandling.DefaultQueryGateway;
import org.axonframework.queryhandling.QueryBus;
import org.axonframework.queryhandling.QueryGateway;
import org.axonframework.queryhandling.SimpleQueryBus;
import org.axonframework.queryhandling.annotation.AnnotationQueryHandlerAdapter;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.FullyQualifiedAnnotationBeanNameGenerator;
import org.springframework.context.annotation.PropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The side that answers: query handlers over the read tables, REST, the live gateway. Imported by whatever runs it; needs {@code
 * skein.query.database.url} and {@code .username}. Its answers are read over
 * read-only connections; its role may select, and insert what it asks of the projections.
 */
@Configuration(proxyBeanMethods = false)
@ComponentScan(
        nameGenerator = FullyQualifiedAnnotationBeanNameGenerator.class,
        excludeFilters = @ComponentScan.Filter(type = FilterType.ASSIGNABLE_TYPE, classes = QuerySideApplication.class))
@ConfigurationPropertiesScan
@PropertySource("classpath:io/skein/query/query-side.properties")
public class QuerySide {

    /** Every transaction of it is repeatable-read and read-only, so an answer is of one moment. */
    @Bean(destroyMethod = "close")
    HikariDataSource queryDataSource(QueryDatabase database) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("skein-query");
        config.setJdbcUrl(database.url());
        config.setUsername(database.username());
        config.setPassword(database.password());
        config.setMaximumPoolSize(database.maxConnections());
        config.setMinimumIdle(Math.min(2, database.maxConnections()));
        config.setConnectionTimeout(database.connectionTimeout().toMillis());
        // The side starts, and says that it is down, while its database is away.
        config.setInitializationFailTimeout(-1);
        config.setAutoCommit(false);
        config.setReadOnly(true);
        config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        config.addDataSourceProperty("ApplicationName", "skein-query");
        config.addDataSourceProperty(
                "options", "-c statement_timeout=" + database.statementTimeout().toMillis());
        return new HikariDataSource(config);
    }

    @Bean
    JdbcClient queryJdbcClient(@Qualifier("queryDataSource") DataSource queryDataSource) {
        return JdbcClient.create(queryDataSource);
    }

    @Bean
    PlatformTransactionManager queryTransactionManager(@Qualifier("queryDataSource") DataSource queryDataSource) {
        return new JdbcTransactionManager(queryDataSource);
    }

    /** What this side asks of the projections goes by a connection of its own, which only inserts; opened when first needed. */
    @Bean(destroyMethod = "close")
    HikariDataSource queryRequestDataSource(QueryDatabase database) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("skein-query-requests");
        config.setJdbcUrl(database.url());
        config.setUsername(database.username());
        config.setPassword(database.password());
        config.setMaximumPoolSize(2);
        config.setMinimumIdle(0);
        config.setIdleTimeout(60_000);
        config.setConnectionTimeout(database.connectionTimeout().toMillis());
        config.setInitializationFailTimeout(-1);
        config.addDataSourceProperty("ApplicationName", "skein-query-requests");
        return new HikariDataSource(config);
    }

    @Bean
    Past queryPast(
            @Qualifier("queryJdbcClient") JdbcClient queryJdbcClient,
            @Qualifier("queryRequestDataSource") DataSource queryRequestDataSource,
            PastQuery past) {
        return new Past(queryJdbcClient, queryRequestDataSource, past.patience());
    }

    @Bean
    ConsistentReads queryConsistentReads(
            @Qualifier("queryJdbcClient") JdbcClient queryJdbcClient,
            @Qualifier("queryTransactionManager") PlatformTransactionManager queryTransactionManager,
            @Qualifier("queryPast") Past past) {
        TransactionTemplate transaction = new TransactionTemplate(queryTransactionManager);
        transaction.setReadOnly(true);
        transaction.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        return new ConsistentReads(queryJdbcClient, transaction, past);
    }

    @Bean
    QueryBus queryBus(List<QueryAnswers> answers) {
        QueryBus bus = SimpleQueryBus.builder().build();
        for (QueryAnswers some : answers) {
            new AnnotationQueryHandlerAdapter<>(some).subscribe(bus);
        }
        bus.registerHandlerInterceptor(new AsOf());
        return bus;
    }

    @Bean
    QueryGateway queryGateway(@Qualifier("queryBus") QueryBus queryBus) {
        return DefaultQueryGateway.builder().queryBus(queryBus).build();
    }
}
