package io.skein.kernel.id;

/** Names a person or a program that acts on Skein itself. 1 to 256 printable characters. */
public record UserId(String value) implements Id, Comparable<UserId> {
    /** Skein itself, where no person acted. */
    public static final UserId SKEIN = new UserId("skein");

    /** @throws IllegalArgumentException if the value is not 1 to 256 printable characters */
    public UserId {
        Ids.check("UserId", value);
    }

    @Override
    public int compareTo(UserId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
