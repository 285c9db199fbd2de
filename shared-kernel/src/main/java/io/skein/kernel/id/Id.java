package io.skein.kernel.id;

/** A name that is written as a plain string wherever it leaves the process. */
public sealed interface Id permits NetworkId, AgentId, MessageId, ConversationId, UserId, AlertId, AuditLogId {
    /** The name itself, 1 to 256 printable characters. */
    String value();
}
