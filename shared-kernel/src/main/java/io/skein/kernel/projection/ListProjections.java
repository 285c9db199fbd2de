package io.skein.kernel.projection;

/** How far is each projection? The answer is a list of {@link ProjectionStatus} and the head of the log. */
public record ListProjections() {
    /** @param head position of the newest event in the log; 0 where there is none */
    public record Answer(long head, java.util.List<ProjectionStatus> projections) {}
}
