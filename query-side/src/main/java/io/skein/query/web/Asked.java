package io.skein.query.web;

import io.skein.kernel.id.NetworkId;
import io.skein.kernel.page.Page;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;

/** Turns what was asked into the language's values, refusing what is none. */
final class Asked {
    static final String POSITION_HEADER = "Skein-Position";
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");

    private Asked() {}

    static NetworkId network(String network) {
        return id("network", network, NetworkId::new);
    }

    static <T> T id(String field, String value, Function<String, T> make) {
        try {
            return make.apply(value);
        } catch (IllegalArgumentException noId) {
            throw invalid(field, String.valueOf(noId.getMessage()));
        }
    }

    static <T> @Nullable T idOrNull(String field, @Nullable String value, Function<String, T> make) {
        return value == null ? null : id(field, value, make);
    }

    static <E extends Enum<E>> @Nullable E word(String field, @Nullable String value, Class<E> type) {
        if (value == null) {
            return null;
        }
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(value)) {
                return constant;
            }
        }
        String allowed = Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        throw invalid(field, "is '" + shortened(value) + "'; expected one of " + allowed);
    }

    static int limit(int limit) {
        return between("limit", limit, 1, Page.MAX_LIMIT);
    }

    static int between(String field, int value, int least, int most) {
        if (value < least || value > most) {
            throw invalid(field, "is " + value + "; expected " + least + " to " + most);
        }
        return value;
    }

    static @Nullable Instant instant(String field, @Nullable String value) {
        if (value == null) {
            return null;
        }
        try {
            Instant instant = Instant.parse(value);
            if (instant.isBefore(EARLIEST) || instant.isAfter(LATEST)) {
                throw invalid(field, "is '" + shortened(value) + "'; expected a year from 0001 to 9999");
            }
            return instant;
        } catch (DateTimeParseException noInstant) {
            throw invalid(
                    field,
                    "is '" + shortened(value)
                            + "'; expected an instant in ISO 8601 with a zone, as 2026-11-23T10:15:30Z");
        }
    }

    /** The position, if the text is a whole number; anything else may be an instant. */
    static @Nullable Long positionOrNull(String value) {
        if (value.isEmpty() || value.length() > 18 || !value.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            return null;
        }
        return Long.valueOf(value);
    }

    static RefusedException invalid(String field, String complaint) {
        return new RefusedException(new Refusal(Reason.INVALID, field, field + " " + complaint));
    }

    static RefusedException notFound(String field, String detail) {
        return new RefusedException(new Refusal(Reason.NOT_FOUND, field, detail));
    }

    /** An answer whose form has no room for its position. */
    static <T> ResponseEntity<T> at(long position, T body) {
        return ResponseEntity.ok()
                .header(POSITION_HEADER, Long.toString(position))
                .body(body);
    }

    private static String shortened(String value) {
        return value.length() <= 64 ? value : value.substring(0, 64) + "…";
    }
}
