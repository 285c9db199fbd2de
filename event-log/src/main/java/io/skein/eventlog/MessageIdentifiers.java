package io.skein.eventlog;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.axonframework.common.IdentifierFactory;

/**
 * Ids of the framework's messages (each command, event and answer gets one) without asking the system for randomness each time: half of each is chosen at
 * random once for the process, the other half counts. Unique, not secret. Found by the framework as a service.
 */
public final class MessageIdentifiers extends IdentifierFactory {
    private static final long ODD = 0x9E37_79B9_7F4A_7C15L;
    private static final long LOW_BITS = 0x3FFF_FFFF_FFFF_FFFFL;

    private final long process;
    private final AtomicLong next;

    /** For the framework. */
    public MessageIdentifiers() {
        SecureRandom random = new SecureRandom();
        // Version 8 of RFC 9562: made in a way of our own.
        process = (random.nextLong() & 0xFFFF_FFFF_FFFF_0FFFL) | 0x8000L;
        next = new AtomicLong(random.nextLong());
    }

    @Override
    public String generateIdentifier() {
        // Times an odd number, modulo a power of two: different for different counts, and spread over the index that
        // holds some of them.
        long low = (next.getAndIncrement() * ODD) & LOW_BITS;
        return new UUID(process, low | 0x8000_0000_0000_0000L).toString();
    }
}
