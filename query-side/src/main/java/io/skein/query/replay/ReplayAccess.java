package io.skein.query.replay;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.audit.AuditLogCommand.RecordAccess;
import io.skein.kernel.id.AuditLogId;
import io.skein.kernel.id.Ids;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import io.skein.query.reading.ConsistentReads;
import java.security.Principal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Turns what is asked of a replay into a request, refusing what is none, and hands the access to the audit log: a replay tells content. */
@Component
public final class ReplayAccess {
    private static final List<String> KNOWN =
            List.of("from", "to", "speed", "network", "agent", "type", "conversation");

    private final ConsistentReads reads;
    private final JdbcClient records;

    ReplayAccess(ConsistentReads reads, @Qualifier("queryRequestDataSource") DataSource queryRequestDataSource) {
        this.reads = reads;
        this.records = JdbcClient.create(queryRequestDataSource);
    }

    /**
     * @param asked by name: {@code from} and {@code to} (position or instant; {@code from} 0 and {@code to} the head where absent), {@code speed} (0 where absent), and filters
     * @throws RefusedException if it is no request
     */
    public ReplayRequest request(Map<String, String> asked) {
        asked.keySet().stream()
                .filter(name -> !KNOWN.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw refused(name, "is no parameter of a replay; expected any of " + String.join(", ", KNOWN));
                });
        long from = position("from", asked.getOrDefault("from", "0"));
        @Nullable String end = asked.get("to");
        long to = end == null ? reads.resolve(null, null) : position("to", end);
        if (from > to) {
            throw refused("from", "is position " + from + ", behind to, " + to + "; expected the same or before");
        }
        double speed;
        try {
            speed = Double.parseDouble(asked.getOrDefault("speed", "0"));
        } catch (NumberFormatException none) {
            throw refused("speed", "is no number; expected 0 (as fast as can be) or more");
        }
        if (!(speed >= 0 && speed <= ReplayRequest.FASTEST)) {
            throw refused("speed", "is " + speed + "; expected 0 (as fast as can be) to " + ReplayRequest.FASTEST);
        }
        return new ReplayRequest(
                from,
                to,
                speed,
                asked.get("network"),
                asked.get("agent"),
                asked.get("type"),
                asked.get("conversation"));
    }

    private long position(String name, String text) {
        if (text.length() <= 18 && !text.isEmpty() && text.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            return reads.resolve(Long.valueOf(text), null);
        }
        try {
            return reads.resolve(null, Instant.parse(text));
        } catch (DateTimeParseException none) {
            throw refused(name, "is neither a position nor an instant in ISO 8601 with a zone");
        }
    }

    private static RefusedException refused(String field, String complaint) {
        return new RefusedException(new Refusal(Reason.INVALID, field, field + " " + complaint));
    }

    /** Hands it to the audit log. */
    public void record(ReplayRequest request, @Nullable Principal principal) {
        SortedMap<String, String> parameters = new TreeMap<>();
        parameters.put("after", Long.toString(request.after()));
        parameters.put("speed", Double.toString(request.speed()));
        put(parameters, "agent", request.agent());
        put(parameters, "type", request.type());
        put(parameters, "conversation", request.conversation());
        UUID id = UUID.randomUUID();
        String network = request.network();
        RecordAccess access = new RecordAccess(
                AuditLogId.access(id),
                network == null || !Ids.isValid(network) ? null : new NetworkId(network),
                new UserId(principal == null || !Ids.isValid(principal.getName()) ? "operator" : principal.getName()),
                "replay",
                parameters,
                request.upTo() - request.after(),
                request.upTo(),
                Instant.now());
        records.sql("insert into proposed_record (record_id, type, payload) values (:id, 'RecordAccess', :payload)")
                .param("id", id)
                .param("payload", KernelJson.mapper().writeValueAsBytes(access))
                .update();
    }

    private static void put(SortedMap<String, String> parameters, String name, @Nullable String value) {
        if (value != null) {
            parameters.put(name, value.length() <= 256 ? value : value.substring(0, 256));
        }
    }
}
