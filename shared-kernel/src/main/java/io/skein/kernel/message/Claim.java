package io.skein.kernel.message;

import org.jspecify.annotations.Nullable;

/**
 * The part of a message that asks for, grants, refuses, uses or releases an amount of a resource.
 *
 * @param resource name of the resource, 1 to 256 printable characters
 * @param amount finite, 0 or more, in {@code unit}
 * @param unit of the amount, where the sender names one
 * @param priority larger is more urgent, where the sender names one
 */
public record Claim(
        String resource,
        ClaimAction action,
        double amount,
        @Nullable String unit,
        @Nullable Integer priority) {
    /** @throws IllegalArgumentException if the amount is negative or not finite */
    public Claim {
        if (!(amount >= 0) || Double.isInfinite(amount)) {
            throw new IllegalArgumentException(
                    "claim on " + resource + ": amount is " + amount + "; expected 0 or more");
        }
    }
}
