package io.skein.db;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Brings a database to the newest schema. */
public final class Schema {
    private Schema() {}

    /**
     * Runs the scripts that the database has not seen; safe to call from several processes at once.
     *
     * @param owner connects as a role that may create tables and roles
     * @throws org.flywaydb.core.api.FlywayException if a script fails or an applied one was changed since
     */
    public static void migrate(DataSource owner) {
        Flyway.configure(Schema.class.getClassLoader())
                .dataSource(owner)
                .locations("classpath:db/migration")
                .load()
                .migrate();
    }
}
