package io.skein.kernel.projection;

import java.util.List;
import java.util.UUID;

/** What can be asked about processors and what is done to them. */
public sealed interface ProjectionQuery {
    /** Every processor; the answer is {@link Processors}. */
    record ListProcessors() implements ProjectionQuery {}

    /** The newest operations, newest first; the answer is {@link Operations}. {@code limit} 1 to 1,000. */
    record ListOperations(int limit) implements ProjectionQuery {}

    /** One operation; the answer is an {@link java.util.Optional} of {@link ProjectionOperation}. */
    record FindOperation(UUID operationId) implements ProjectionQuery {}

    /** @param head position of the newest event in the log; 0 where there is none */
    record Processors(long head, List<ProcessorStatus> items) {}

    /** Operations. */
    record Operations(List<ProjectionOperation> items) {}
}
