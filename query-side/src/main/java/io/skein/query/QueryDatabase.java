package io.skein.query;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where the read tables are.
 *
 * @param url JDBC address
 * @param username a login role that is a member of {@code skein_query}
 * @param maxConnections of the pool; the live gateway holds one more to listen
 * @param connectionTimeout longest wait for a connection of the pool
 * @param statementTimeout longest run of one statement
 */
@Validated
@ConfigurationProperties("skein.query.database")
record QueryDatabase(
        @NotBlank String url,
        @NotBlank String username,
        @DefaultValue("") String password,
        @DefaultValue("8") @Min(2) int maxConnections,
        @DefaultValue("5s") @NotNull Duration connectionTimeout,
        @DefaultValue("10s") @NotNull Duration statementTimeout) {

    /** Never the password. */
    @Override
    public String toString() {
        return "QueryDatabase[url=" + url + ", username=" + username + ", maxConnections=" + maxConnections + "]";
    }
}
