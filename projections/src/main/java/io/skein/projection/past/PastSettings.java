package io.skein.projection.past;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the past is kept at hand: {@code skein.projections.past.*}.
 *
 * @param copyEvery events between two kept copies of a projection's tables, 1 or more: what a question of the past costs at most, but for thinning
 * @param maxCopies of each projection, 2 or more; beyond, copies are thinned out, the more the older they are
 * @param maxViews past views of all projections together, 1 or more; the one asked for longest ago goes first
 * @param makers views made at once by one node, 1 or more
 */
@ConfigurationProperties(prefix = "skein.projections.past", ignoreUnknownFields = false)
public record PastSettings(
        @DefaultValue("100000") long copyEvery,
        @DefaultValue("24") int maxCopies,
        @DefaultValue("24") int maxViews,
        @DefaultValue("2") int makers) {

    public PastSettings {
        require("copy-every", copyEvery, 1, Long.MAX_VALUE);
        require("max-copies", maxCopies, 2, 10_000);
        require("max-views", maxViews, 1, 10_000);
        require("makers", makers, 1, 64);
    }

    private static void require(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "skein.projections.past." + key + " is " + value + "; expected " + least + " to " + most);
        }
    }
}
