package io.skein.query.metrics;

import io.skein.kernel.metrics.MetricsQuery.ListWindows;
import io.skein.kernel.metrics.MetricsWindow;
import io.skein.kernel.page.Page;
import io.skein.query.reading.ConsistentReads;
import io.skein.query.reading.ProjectionName;
import io.skein.query.reading.QueryAnswers;
import org.axonframework.queryhandling.QueryHandler;
import org.springframework.stereotype.Component;

@Component
final class MetricsAnswers implements QueryAnswers {
    private final ConsistentReads reads;
    private final MetricsRows rows;

    MetricsAnswers(ConsistentReads reads, MetricsRows rows) {
        this.reads = reads;
        this.rows = rows;
    }

    @QueryHandler
    Page<MetricsWindow> answer(ListWindows query) {
        return reads.at(
                ProjectionName.METRICS,
                position -> new Page<>(
                        position,
                        rows.newest(query.networkId(), query.size(), query.from(), query.to(), query.limit()),
                        null));
    }
}
