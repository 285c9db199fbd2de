package io.skein.query.audit;

import io.skein.kernel.audit.AuditEntry;
import io.skein.kernel.audit.AuditQuery.CountEntries;
import io.skein.kernel.audit.AuditQuery.ListEntries;
import io.skein.kernel.page.Answer;
import io.skein.kernel.page.Page;
import io.skein.query.reading.ConsistentReads;
import io.skein.query.reading.Cursor;
import io.skein.query.reading.ProjectionName;
import io.skein.query.reading.QueryAnswers;
import org.axonframework.queryhandling.QueryHandler;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

@Component
final class AuditAnswers implements QueryAnswers {
    private static final String OLDEST_CURSOR = "audit-oldest";
    private static final String NEWEST_CURSOR = "audit-newest";

    private final ConsistentReads reads;
    private final AuditRows rows;

    AuditAnswers(ConsistentReads reads, AuditRows rows) {
        this.reads = reads;
        this.rows = rows;
    }

    @QueryHandler
    Page<AuditEntry> answer(ListEntries query) {
        String kind = query.newestFirst() ? NEWEST_CURSOR : OLDEST_CURSOR;
        @Nullable String cursor = query.cursor();
        @Nullable Long after = cursor == null ? null : Cursor.key(kind, cursor, Long::valueOf);
        return reads.at(
                ProjectionName.AUDIT,
                position -> Cursor.page(
                        position,
                        rows.list(query, after, query.limit() + 1),
                        query.limit(),
                        kind,
                        last -> Long.toString(last.position())));
    }

    @QueryHandler
    Answer<Long> answer(CountEntries query) {
        return reads.at(ProjectionName.AUDIT, position -> new Answer<>(position, rows.count(query.networkId())));
    }
}
