package io.skein.standalone.demo;

import io.skein.kernel.message.Claim;
import io.skein.kernel.message.ClaimAction;
import java.util.List;

/** A resource that the fleet shares; the scheduler gives it out while there is enough. */
final class Pool {
    private final String resource;
    private final String unit;
    private int free;

    Pool(String resource, String unit, int capacity) {
        this.resource = resource;
        this.unit = unit;
        this.free = capacity;
    }

    boolean take(int amount) {
        if (amount > free) {
            return false;
        }
        free -= amount;
        return true;
    }

    void giveBack(int amount) {
        free += amount;
    }

    List<Claim> claim(ClaimAction action, int amount) {
        return List.of(new Claim(resource, action, amount, unit, 5));
    }
}
