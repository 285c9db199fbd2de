package io.skein.command.eventlog;

import org.axonframework.eventsourcing.eventstore.EventStorageEngineTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The framework's own suite for event storage engines, as it was published with the framework. */
@SuppressWarnings("NullAway.Init") // JUnit calls an_empty_log before each of the suite's tests
class FrameworkEngineSuiteTest extends EventStorageEngineTest {
    private EmptyLog log;

    @BeforeEach
    void an_empty_log() {
        log = new EmptyLog();
        setTestSubject(log.node().engine());
    }

    @AfterEach
    void close() throws Exception {
        log.close();
    }
}
