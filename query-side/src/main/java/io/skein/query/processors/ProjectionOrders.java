package io.skein.query.processors;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.audit.AuditLogCommand.RecordAct;
import io.skein.kernel.id.AuditLogId;
import io.skein.kernel.id.UserId;
import io.skein.query.reading.ConsistentReads;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Hands what an operator wants done to the projections, by {@code projection_order}, and to the audit log, by {@code proposed_record}: both or neither. */
@Component
public final class ProjectionOrders {
    private final ConsistentReads reads;
    private final OperationRows rows;
    private final JdbcClient orders;
    private final TransactionTemplate transaction;

    ProjectionOrders(
            ConsistentReads reads,
            OperationRows rows,
            @Qualifier("queryRequestDataSource") DataSource queryRequestDataSource) {
        this.reads = reads;
        this.rows = rows;
        this.orders = JdbcClient.create(queryRequestDataSource);
        this.transaction = new TransactionTemplate(new JdbcTransactionManager(queryRequestDataSource));
    }

    /** Whether there is a projection of the name. */
    public boolean knows(String projection) {
        return reads.inOneMoment(() -> rows.isProjection(projection));
    }

    /**
     * Orders it; the operation then has the id given back.
     *
     * @param act as {@code cut_over}
     * @param subject the operation that it concerns
     * @param parameters as JSON
     */
    public UUID place(
            String act, String projection, @Nullable UUID subject, String parameters, UserId by, String reason) {
        UUID id = UUID.randomUUID();
        SortedMap<String, String> details = new TreeMap<>();
        details.put("operation", id.toString());
        if (subject != null) {
            details.put("of", subject.toString());
        }
        if (!parameters.equals("{}")) {
            details.put("parameters", parameters.substring(0, Math.min(parameters.length(), 1_000)));
        }
        RecordAct recorded =
                new RecordAct(AuditLogId.act(id), null, by, "projection." + act, projection, reason, details);
        transaction.executeWithoutResult(status -> {
            orders.sql("""
                            insert into projection_order (order_id, act, projection, subject, parameters, ordered_by, reason)
                            values (:id, :act, :projection, :subject, :parameters::jsonb, :by, :reason)""")
                    .param("id", id)
                    .param("act", act)
                    .param("projection", projection)
                    .param("subject", subject)
                    .param("parameters", parameters)
                    .param("by", by.value())
                    .param("reason", reason)
                    .update();
            orders.sql("insert into proposed_record (record_id, type, payload) values (:id, 'RecordAct', :payload)")
                    .param("id", id)
                    .param("payload", KernelJson.mapper().writeValueAsBytes(recorded))
                    .update();
            orders.sql("select pg_notify('skein_projection_order', '')").query(row -> {});
        });
        return id;
    }
}
