package io.skein.kernel.id;

import java.util.UUID;

/**
 * Names one entry book of the audit log: one for each access, each act, each checkpoint of a key, each key. None grows beyond a few events and none is
 * written by two at once; the same id again is the same fact. It has no slash, so it is never mistaken for an {@link AgentKey}.
 */
public record AuditLogId(String value) implements Id {

    /** @throws IllegalArgumentException if the value is not 1 to 256 printable characters without a slash */
    public AuditLogId {
        Ids.check("AuditLogId", value);
        if (value.indexOf('/') >= 0) {
            throw new IllegalArgumentException("AuditLogId has a slash; expected none");
        }
    }

    public static AuditLogId access(UUID access) {
        return new AuditLogId("access:" + access);
    }

    public static AuditLogId act(UUID act) {
        return new AuditLogId("act:" + act);
    }

    /** @param keyId as the signature line has it, in hexadecimal */
    public static AuditLogId checkpoint(long treeSize, String keyId) {
        return new AuditLogId("checkpoint:" + treeSize + ":" + keyId);
    }

    /** @param keyId as the signature line has it, in hexadecimal */
    public static AuditLogId key(String keyId) {
        return new AuditLogId("key:" + keyId);
    }

    @Override
    public String toString() {
        return value;
    }
}
