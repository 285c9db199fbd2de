package io.skein.standalone.server;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import javax.sql.DataSource;

/** A login role for each side, member of the group role that holds its rights. Passwords are made once and kept, readable by the owner alone. */
final class LoginRoles {
    /** Side in configuration keys, its login role, its group role. */
    private record Side(String key, String login, String group) {}

    private static final Side[] SIDES = {
        new Side("command", "skein_command_app", "skein_command"),
        new Side("projections", "skein_projection_app", "skein_projection"),
        new Side("query", "skein_query_app", "skein_query"),
    };

    private LoginRoles() {}

    /**
     * Creates what is missing and sets the passwords; safe to repeat.
     *
     * @param url that the sides connect to
     * @return the configuration keys that let each side log in
     */
    static Map<String, Object> ensure(DataSource owner, String url, Path secretsFile) {
        try {
            Properties secrets = secrets(secretsFile);
            Map<String, Object> keys = new LinkedHashMap<>();
            try (Connection connection = owner.getConnection();
                    Statement statement = connection.createStatement()) {
                for (Side side : SIDES) {
                    String password = secrets.getProperty(side.login);
                    statement.execute("""
                            do $$ begin
                                if not exists (select 1 from pg_roles where rolname = '%1$s') then
                                    create role %1$s login;
                                end if;
                            end $$""".formatted(side.login));
                    statement.execute("alter role " + side.login + " login password '" + password + "'");
                    statement.execute("grant " + side.group + " to " + side.login);
                    keys.put("skein." + side.key + ".database.url", url);
                    keys.put("skein." + side.key + ".database.username", side.login);
                    keys.put("skein." + side.key + ".database.password", password);
                }
            }
            return keys;
        } catch (SQLException failure) {
            throw new StartException("login roles cannot be made: " + failure.getMessage(), failure);
        } catch (IOException failure) {
            throw new StartException("secrets cannot be kept in " + secretsFile + ": " + failure, failure);
        }
    }

    private static Properties secrets(Path file) throws IOException {
        Properties secrets = new Properties();
        if (Files.exists(file)) {
            try (Reader reader = Files.newBufferedReader(file)) {
                secrets.load(reader);
            }
        }
        SecureRandom random = new SecureRandom();
        boolean changed = false;
        for (Side side : SIDES) {
            if (secrets.getProperty(side.login, "").isEmpty()) {
                byte[] bytes = new byte[24];
                random.nextBytes(bytes);
                secrets.setProperty(
                        side.login, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
                changed = true;
            }
        }
        if (changed) {
            Path next = file.resolveSibling(file.getFileName() + ".next");
            Files.deleteIfExists(next);
            Files.createFile(next, ownerOnly());
            try (Writer writer = Files.newBufferedWriter(next)) {
                secrets.store(writer, "Passwords of Skein's database roles, made at the first start");
            }
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }
        return secrets;
    }

    private static FileAttribute<?>[] ownerOnly() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }
}
