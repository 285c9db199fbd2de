package io.skein.query.processors;

import io.skein.kernel.projection.ListProjections;
import io.skein.kernel.projection.ProjectionStatus;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Down where the database cannot be read. A projection that lags is told, not judged: its answers are true up to their position. */
@Component("querySideHealthIndicator")
final class QuerySideHealth implements HealthIndicator {
    private final ProcessorAnswers answers;

    QuerySideHealth(ProcessorAnswers answers) {
        this.answers = answers;
    }

    @Override
    public Health health() {
        try {
            ListProjections.Answer answer = answers.answer(new ListProjections());
            Health.Builder health = Health.up().withDetail("head", answer.head());
            for (ProjectionStatus projection : answer.projections()) {
                health.withDetail("lag." + projection.name(), projection.lag());
            }
            return health.build();
        } catch (DataAccessException | TransactionException failure) {
            return Health.down(failure).build();
        }
    }
}
