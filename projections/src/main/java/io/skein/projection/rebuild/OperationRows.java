package io.skein.projection.rebuild;

import io.skein.eventlog.KernelJson;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The SQL over {@code projection_order} and {@code projection_operation}. */
final class OperationRows {
    private static final String COLUMNS =
            " operation_id, act, projection, subject, parameters, ordered_by, reason, schema, node, state, reached ";

    private OperationRows() {}

    /** @param schema where its tables are; null where it has none */
    record Operation(Order order, @Nullable String schema, String node, String state, long reached) {}

    /** Takes the oldest orders that this node can carry out: those without a subject, and those about an operation of its own or of nobody. */
    static List<Order> take(Connection database, String node, long silenceSeconds) throws SQLException {
        List<Order> taken = new ArrayList<>();
        try (PreparedStatement delete = database.prepareStatement("""
                with mine as (
                    select o.order_id from projection_order o left join projection_operation p on p.operation_id = o.subject
                    where o.subject is null or p.operation_id is null or p.node = ? or p.told_at < now() - make_interval(secs => ?)
                    order by o.ordered_at limit 10 for update of o skip locked)
                delete from projection_order where order_id in (select order_id from mine)
                returning order_id, act, projection, subject, parameters, ordered_by, reason""")) {
            delete.setString(1, node);
            delete.setLong(2, silenceSeconds);
            try (ResultSet rows = delete.executeQuery()) {
                while (rows.next()) {
                    taken.add(order(rows));
                }
            }
        }
        for (Order order : taken) {
            insert(database, order, node);
        }
        return taken;
    }

    private static void insert(Connection database, Order order, String node) throws SQLException {
        try (PreparedStatement insert = database.prepareStatement("""
                insert into projection_operation (operation_id, act, projection, subject, parameters, ordered_by, reason, state, node)
                values (?, ?, ?, ?, ?::jsonb, ?, ?, 'running', ?) on conflict do nothing""")) {
            insert.setObject(1, order.id());
            insert.setString(2, order.act());
            insert.setString(3, order.projection());
            insert.setObject(4, order.subject());
            insert.setString(5, order.parameters().toString());
            insert.setString(6, order.by());
            insert.setString(7, order.reason());
            insert.setString(8, node);
            insert.executeUpdate();
        }
    }

    private static Order order(ResultSet row) throws SQLException {
        return new Order(
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getString(3),
                row.getObject(4, UUID.class),
                KernelJson.mapper().readTree(row.getString(5)),
                row.getString(6),
                row.getString(7));
    }

    static Optional<Operation> find(Connection database, UUID id) throws SQLException {
        try (PreparedStatement select =
                database.prepareStatement("select" + COLUMNS + "from projection_operation where operation_id = ?")) {
            select.setObject(1, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(operation(row)) : Optional.empty();
            }
        }
    }

    /** Shadows that this node follows up, also those whose node has fallen silent: they are this node's now. */
    static List<Operation> following(Connection database, String node, long silenceSeconds) throws SQLException {
        List<Operation> mine = new ArrayList<>();
        try (PreparedStatement update =
                database.prepareStatement("update projection_operation set node = ?, told_at = now()"
                        + " where schema is not null and act = 'shadow' and state in ('running', 'following') and (node = ? or told_at < now() - make_interval(secs => ?))"
                        + " returning" + COLUMNS)) {
            update.setString(1, node);
            update.setString(2, node);
            update.setLong(3, silenceSeconds);
            try (ResultSet rows = update.executeQuery()) {
                while (rows.next()) {
                    mine.add(operation(rows));
                }
            }
        }
        return mine;
    }

    private static Operation operation(ResultSet row) throws SQLException {
        return new Operation(order(row), row.getString(8), row.getString(9), row.getString(10), row.getLong(11));
    }

    static void reached(Connection database, UUID id, long reached, long target) throws SQLException {
        try (PreparedStatement update = database.prepareStatement(
                "update projection_operation set reached = ?, target = ?, told_at = now() where operation_id = ?")) {
            update.setLong(1, reached);
            update.setLong(2, target);
            update.setObject(3, id);
            update.executeUpdate();
        }
    }

    static void state(Connection database, UUID id, String state, @Nullable String detail) throws SQLException {
        try (PreparedStatement update = database.prepareStatement(
                "update projection_operation set state = ?, detail = ?, told_at = now() where operation_id = ?")) {
            update.setString(1, state);
            update.setString(2, detail);
            update.setObject(3, id);
            update.executeUpdate();
        }
    }

    static void schema(Connection database, UUID id, @Nullable String schema) throws SQLException {
        try (PreparedStatement update =
                database.prepareStatement("update projection_operation set schema = ? where operation_id = ?")) {
            update.setString(1, schema);
            update.setObject(2, id);
            update.executeUpdate();
        }
    }

    static void result(Connection database, UUID id, Object result) throws SQLException {
        try (PreparedStatement update =
                database.prepareStatement("update projection_operation set result = ?::jsonb where operation_id = ?")) {
            update.setString(1, KernelJson.mapper().writeValueAsString(result));
            update.setObject(2, id);
            update.executeUpdate();
        }
    }

    static void parameters(Connection database, UUID id, String parameters) throws SQLException {
        try (PreparedStatement update = database.prepareStatement(
                "update projection_operation set parameters = ?::jsonb where operation_id = ?")) {
            update.setString(1, parameters);
            update.setObject(2, id);
            update.executeUpdate();
        }
    }

    static String newSchema(Connection database, String kind) throws SQLException {
        try (PreparedStatement select = database.prepareStatement("select nextval('sandbox_id')");
                ResultSet row = select.executeQuery()) {
            row.next();
            return kind + "_" + row.getLong(1);
        }
    }
}
