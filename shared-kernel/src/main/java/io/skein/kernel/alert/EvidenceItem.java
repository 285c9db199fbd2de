package io.skein.kernel.alert;

import io.skein.kernel.id.MessageId;

/** A message that is evidence, with its position in the log (1 or more). */
public record EvidenceItem(MessageId messageId, long position) {}
