package io.skein.command.agent;

import static io.skein.command.agent.AgentDeciderTest.AGENT;
import static io.skein.command.agent.AgentDeciderTest.NOW;
import static io.skein.command.agent.AgentDeciderTest.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.skein.command.quarantine.QuarantinedAgents;
import io.skein.eventlog.EventSerializer;
import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentRegistered;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.agent.QuarantineAgent;
import io.skein.kernel.agent.RecordMessage;
import io.skein.kernel.agent.RecordMessages;
import io.skein.kernel.agent.Recorded;
import io.skein.kernel.agent.RegisterAgent;
import io.skein.kernel.agent.ReleaseAgent;
import io.skein.kernel.id.UserId;
import io.skein.kernel.problem.RefusedException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.test.aggregate.AggregateTestFixture;
import org.axonframework.test.aggregate.FixtureConfiguration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AgentTest {
    private static final UserId OPERATOR = new UserId("olga");
    private static final AgentRegistered REGISTERED = new AgentRegistered(AGENT.networkId(), AGENT.agentId(), NOW);
    private static final AgentQuarantined QUARANTINED =
            new AgentQuarantined(AGENT.networkId(), AGENT.agentId(), null, "loop", null, OPERATOR, NOW);

    private FixtureConfiguration<Agent> fixture;

    @BeforeEach
    void set_up() {
        fixture = new AggregateTestFixture<>(Agent.class)
                .registerInjectableResource(Clock.fixed(NOW, ZoneOffset.UTC))
                .registerInjectableResource(new QuarantinedAgents());
    }

    @Test
    void every_command_finds_its_handler() {
        fixture.givenNoPriorActivity().when(new RegisterAgent(AGENT)).expectEvents(REGISTERED);
        fixture.given(REGISTERED)
                .when(new RecordMessage(message("m")))
                .expectResultMessagePayload(Recorded.RECORDED)
                .expectEvents(new MessageRecorded(message("m"), NOW));
        fixture.given(REGISTERED, QUARANTINED)
                .when(new RecordMessages(AGENT, List.of(message("m"), message("n"))))
                .expectResultMessagePayload(List.of(Recorded.BLOCKED, Recorded.BLOCKED))
                .expectEvents(
                        new MessageBlocked(message("m"), "SENDER_QUARANTINED", NOW),
                        new MessageBlocked(message("n"), "SENDER_QUARANTINED", NOW));
        fixture.given(REGISTERED)
                .when(new QuarantineAgent(AGENT, null, "loop", null, OPERATOR))
                .expectEvents(QUARANTINED);
        fixture.given(REGISTERED)
                .when(new ReleaseAgent(AGENT, "fixed", OPERATOR))
                .expectNoEvents()
                .expectException(RefusedException.class);
    }

    @Test
    void a_snapshot_comes_back_as_it_was_and_stays_small() {
        Agent agent = new Agent();
        agent.on(REGISTERED);
        agent.on(QUARANTINED);
        EventSerializer serializer = EventSerializer.create();
        SerializedObject<byte[]> snapshot = serializer.serialize(agent, byte[].class);
        assertThat(snapshot.getData()).hasSizeLessThan(200);
        Agent back = serializer.deserialize(snapshot);
        assertThat(back).usingRecursiveComparison().isEqualTo(agent);
    }
}
