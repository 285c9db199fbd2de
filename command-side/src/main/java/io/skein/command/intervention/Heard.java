package io.skein.command.intervention;

import io.skein.kernel.id.AgentKey;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.message.Outcome;
import io.skein.kernel.trust.PeerStatement;
import org.jspecify.annotations.Nullable;

/** What of a recorded message bears on trust. */
record Heard(
        AgentKey agent,
        MessageId messageId,
        @Nullable Outcome outcome,
        @Nullable PeerStatement peer) {}
