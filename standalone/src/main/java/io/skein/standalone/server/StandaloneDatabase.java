package io.skein.standalone.server;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * An external database instead of the embedded one.
 *
 * @param url JDBC address; absent for the embedded server
 * @param username owner of the database: may create tables and roles
 */
@ConfigurationProperties("skein.database")
record StandaloneDatabase(
        @Nullable String url,
        @Nullable String username,
        @Nullable String password) {
    /** Never the password. */
    @Override
    public String toString() {
        return "StandaloneDatabase[url=" + url + ", username=" + username + "]";
    }
}
