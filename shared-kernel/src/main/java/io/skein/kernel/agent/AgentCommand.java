package io.skein.kernel.agent;

import io.skein.kernel.id.AgentKey;

/** What can be asked of an agent's record. */
public sealed interface AgentCommand
        permits RegisterAgent,
                RecordMessage,
                RecordMessages,
                AdjustTrust,
                QuarantineAgent,
                ReleaseAgent,
                Intervene,
                EndQuarantine {
    AgentKey agent();
}
