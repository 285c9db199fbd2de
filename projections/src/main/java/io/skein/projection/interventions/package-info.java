/** What was done about which agent, why, and did it help? */
@NullMarked
package io.skein.projection.interventions;

import org.jspecify.annotations.NullMarked;
