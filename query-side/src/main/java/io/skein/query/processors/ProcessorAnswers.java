package io.skein.query.processors;

import io.skein.kernel.projection.ListProjections;
import io.skein.query.reading.ConsistentReads;
import io.skein.query.reading.QueryAnswers;
import org.axonframework.queryhandling.QueryHandler;
import org.springframework.stereotype.Component;

@Component
final class ProcessorAnswers implements QueryAnswers {
    private final ConsistentReads reads;
    private final ProgressRows rows;

    ProcessorAnswers(ConsistentReads reads, ProgressRows rows) {
        this.reads = reads;
        this.rows = rows;
    }

    @QueryHandler
    ListProjections.Answer answer(ListProjections query) {
        return reads.inOneMoment(() -> {
            long head = rows.head();
            return new ListProjections.Answer(head, rows.projections(head));
        });
    }
}
