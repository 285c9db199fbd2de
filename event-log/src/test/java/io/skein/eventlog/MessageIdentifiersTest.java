package io.skein.eventlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.axonframework.common.IdentifierFactory;
import org.junit.jupiter.api.Test;

class MessageIdentifiersTest {
    @Test
    void the_framework_uses_them_and_each_is_another() {
        Set<String> ids = IntStream.range(0, 200_000)
                .parallel()
                .mapToObj(i -> IdentifierFactory.getInstance().generateIdentifier())
                .collect(Collectors.toSet());

        assertThat(IdentifierFactory.getInstance()).isInstanceOf(MessageIdentifiers.class);
        assertThat(ids).hasSize(200_000).allSatisfy(id -> {
            assertThat(UUID.fromString(id).version()).isEqualTo(8);
            assertThat(UUID.fromString(id).variant()).isEqualTo(2);
        });
    }

    @Test
    void two_processes_have_different_ones() {
        String one = new MessageIdentifiers().generateIdentifier();
        String other = new MessageIdentifiers().generateIdentifier();

        assertThat(one.substring(0, 18)).isNotEqualTo(other.substring(0, 18));
    }
}
