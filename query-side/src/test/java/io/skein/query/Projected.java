package io.skein.query;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Stands for the projections: writes rows and progress in one transaction and notifies, as they do. */
public final class Projected {
    public static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    Projected(DataSource owner) {
        jdbc = JdbcClient.create(owner);
        transaction = new TransactionTemplate(new JdbcTransactionManager(owner));
    }

    public JdbcClient jdbc() {
        return jdbc;
    }

    /** One batch of a projection; {@code write} is told the position before and tells the one after. */
    public long batch(String projection, ToLongFunction<Long> write) {
        Long reached = transaction.execute(status -> {
            long before = jdbc.sql("select coalesce(max(position), 0) from projection_progress where name = :name")
                    .param("name", projection)
                    .query(Long.class)
                    .single();
            long after = write.applyAsLong(before);
            progress(projection, 0, after);
            jdbc.sql("select pg_notify('skein_projection', :name)")
                    .param("name", projection)
                    .query(row -> {});
            return after;
        });
        return reached == null ? 0 : reached;
    }

    /** One batch of one event. */
    public long event(String projection, Consumer<Long> write) {
        return batch(projection, before -> {
            write.accept(before + 1);
            return before + 1;
        });
    }

    public void progress(String projection, int segment, long position) {
        jdbc.sql("""
                        insert into projection_progress (name, segment, position) values (:name, :segment, :position)
                        on conflict (name, segment) do update set position = excluded.position""")
                .param("name", projection)
                .param("segment", segment)
                .param("position", position)
                .update();
    }

    public void agent(String network, String agent, double good, double bad, long position) {
        jdbc.sql("""
                        insert into agent (network_id, agent_id, sent, received, errors, good, bad, evidence_at, first_position,
                            last_position, first_seen_at, last_seen_at)
                        values (:network, :agent, 1, 2, 0, :good, :bad, :at, :position, :position, :at, :at)
                        on conflict (network_id, agent_id) do update set sent = agent.sent + 1, good = excluded.good,
                            bad = excluded.bad, last_position = excluded.last_position, last_seen_at = excluded.last_seen_at""")
                .param("network", network)
                .param("agent", agent)
                .param("good", good)
                .param("bad", bad)
                .param("position", position)
                .param("at", at(position))
                .update();
    }

    public void message(String network, String source, String target, String relationship, long position) {
        int newNodes = node(network, source, 1, 0, position) + node(network, target, 0, 1, position);
        boolean newEdge = jdbc.sql("""
                        insert into causal_edge (network_id, source, target, relationship, messages, first_position, last_position)
                        values (:network, :source, :target, :relationship, 1, :position, :position)
                        on conflict (network_id, source, target, relationship) do update
                            set messages = causal_edge.messages + 1, last_position = excluded.last_position
                        returning messages""")
                        .param("network", network)
                        .param("source", source)
                        .param("target", target)
                        .param("relationship", relationship)
                        .param("position", position)
                        .query(Long.class)
                        .single()
                == 1;
        jdbc.sql("""
                        insert into causal_count (network_id, nodes, edges, messages, last_position)
                        values (:network, :nodes, :edges, 1, :position)
                        on conflict (network_id) do update set nodes = causal_count.nodes + excluded.nodes,
                            edges = causal_count.edges + excluded.edges, messages = causal_count.messages + 1,
                            last_position = excluded.last_position""")
                .param("network", network)
                .param("nodes", newNodes)
                .param("edges", newEdge ? 1 : 0)
                .param("position", position)
                .update();
    }

    private int node(String network, String agent, int sent, int received, long position) {
        return jdbc.sql("""
                                insert into causal_node (network_id, agent_id, sent, received, first_position, last_position)
                                values (:network, :agent, :sent, :received, :position, :position)
                                on conflict (network_id, agent_id) do update set sent = causal_node.sent + excluded.sent,
                                    received = causal_node.received + excluded.received, last_position = excluded.last_position
                                returning first_position = last_position and sent + received = 1""")
                        .param("network", network)
                        .param("agent", agent)
                        .param("sent", sent)
                        .param("received", received)
                        .param("position", position)
                        .query(Boolean.class)
                        .single()
                ? 1
                : 0;
    }

    public void alert(String network, String alert, String pattern, String severity, String state, long position) {
        jdbc.sql("""
                        insert into alert (alert_id, network_id, pattern, severity, grade, state, agents, evidence, description,
                            detector, owasp, raised_position, last_position, raised_at, changed_at)
                        values (:alert, :network, :pattern, :severity, 'fact', :state, array['planner', 'buyer'],
                            '[{"messageId": "m-1", "position": 7}]', 'planner and buyer go round',
                            '{"name": "open-request-chain", "version": "1", "parameters": {"laps": "1"}}', 'T10',
                            :position, :position, :at, :at)
                        on conflict (alert_id) do update set state = excluded.state, severity = excluded.severity,
                            last_position = excluded.last_position, changed_at = excluded.changed_at, changed_by = 'ada'""")
                .param("alert", alert)
                .param("network", network)
                .param("pattern", pattern)
                .param("severity", severity)
                .param("state", state)
                .param("position", position)
                .param("at", at(position))
                .update();
    }

    public void window(String network, int seconds, Instant start, long position) {
        jdbc.sql("""
                        insert into metrics_window (network_id, window_seconds, starts_at, messages, requests, errors, latency_count,
                            latency_p50_millis, latency_p95_millis, latency_p99_millis, last_position)
                        values (:network, :seconds, :start, 1, 1, 0, 1, 12.5, 20, 21, :position)
                        on conflict (network_id, window_seconds, starts_at) do update set messages = metrics_window.messages + 1,
                            errors = metrics_window.errors + 1, last_position = excluded.last_position""")
                .param("network", network)
                .param("seconds", seconds)
                .param("start", Timestamp.from(start))
                .param("position", position)
                .update();
    }

    public void audit(String network, String agent, String conversation, String type, long position) {
        jdbc.sql("""
                        insert into audit_entry (position, recorded_at, network_id, event_type, aggregate_type, aggregate_id, sequence,
                            agent_id, message_id, conversation_id, subject, summary)
                        values (:position, :at, :network, :type, 'Agent', :network || '/' || :agent, :position, :agent,
                            'm-' || :position, :conversation, :agent, 'a request')""")
                .param("position", position)
                .param("at", at(position))
                .param("network", network)
                .param("type", type)
                .param("agent", agent)
                .param("conversation", conversation)
                .update();
        jdbc.sql(
                        "insert into history_party (network_id, agent_id, position, speaks) values (:network, :agent, :position, true)")
                .param("network", network)
                .param("agent", agent)
                .param("position", position)
                .update();
    }

    public static Instant time(long position) {
        return START.plusMillis(position);
    }

    private static Timestamp at(long position) {
        return Timestamp.from(time(position));
    }
}
