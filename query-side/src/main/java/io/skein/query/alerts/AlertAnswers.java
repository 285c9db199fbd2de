package io.skein.query.alerts;

import io.skein.kernel.alert.AlertQuery.FindAlert;
import io.skein.kernel.alert.AlertQuery.ListAlerts;
import io.skein.kernel.alert.AlertView;
import io.skein.kernel.page.Answer;
import io.skein.kernel.page.Page;
import io.skein.query.alerts.AlertRows.Place;
import io.skein.query.reading.ConsistentReads;
import io.skein.query.reading.Cursor;
import io.skein.query.reading.ProjectionName;
import io.skein.query.reading.QueryAnswers;
import java.util.Optional;
import org.axonframework.queryhandling.QueryHandler;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

@Component
final class AlertAnswers implements QueryAnswers {
    private static final String CURSOR = "alerts";

    private final ConsistentReads reads;
    private final AlertRows rows;

    AlertAnswers(ConsistentReads reads, AlertRows rows) {
        this.reads = reads;
        this.rows = rows;
    }

    @QueryHandler
    Answer<Optional<AlertView>> answer(FindAlert query) {
        return reads.at(ProjectionName.ALERTS, position -> new Answer<>(position, rows.find(query.alertId())));
    }

    @QueryHandler
    Page<AlertView> answer(ListAlerts query) {
        @Nullable String cursor = query.cursor();
        @Nullable Place after = cursor == null ? null : Cursor.key(CURSOR, cursor, Place::parse);
        return reads.at(
                ProjectionName.ALERTS,
                position -> Cursor.page(
                        position,
                        rows.list(query, after, query.limit() + 1),
                        query.limit(),
                        CURSOR,
                        last -> Place.of(last).text()));
    }
}
