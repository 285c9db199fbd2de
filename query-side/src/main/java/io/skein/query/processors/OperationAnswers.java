package io.skein.query.processors;

import io.skein.kernel.projection.ProjectionOperation;
import io.skein.kernel.projection.ProjectionQuery.FindOperation;
import io.skein.kernel.projection.ProjectionQuery.ListOperations;
import io.skein.kernel.projection.ProjectionQuery.ListProcessors;
import io.skein.kernel.projection.ProjectionQuery.Operations;
import io.skein.kernel.projection.ProjectionQuery.Processors;
import io.skein.query.reading.ConsistentReads;
import io.skein.query.reading.QueryAnswers;
import java.util.Optional;
import org.axonframework.queryhandling.QueryHandler;
import org.springframework.stereotype.Component;

@Component
final class OperationAnswers implements QueryAnswers {
    private final ConsistentReads reads;
    private final ProgressRows progress;
    private final OperationRows rows;

    OperationAnswers(ConsistentReads reads, ProgressRows progress, OperationRows rows) {
        this.reads = reads;
        this.progress = progress;
        this.rows = rows;
    }

    @QueryHandler
    Processors answer(ListProcessors query) {
        return reads.inOneMoment(() -> {
            long head = progress.head();
            return new Processors(head, rows.processors(head));
        });
    }

    @QueryHandler
    Operations answer(ListOperations query) {
        return reads.inOneMoment(() -> new Operations(rows.newest(query.limit())));
    }

    @QueryHandler
    Optional<ProjectionOperation> answer(FindOperation query) {
        return reads.inOneMoment(() -> rows.find(query.operationId()));
    }
}
