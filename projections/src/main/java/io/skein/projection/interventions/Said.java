package io.skein.projection.interventions;

import java.util.List;

/**
 * A recorded message, as far as an effect is made of it.
 *
 * @param bad whether it reports an error, a timeout or a refusal
 */
record Said(long atMilli, String sender, List<String> targets, boolean bad) {}
