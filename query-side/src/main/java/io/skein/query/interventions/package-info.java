/** What was done about which agent, why, and did it help? */
@NullMarked
package io.skein.query.interventions;

import org.jspecify.annotations.NullMarked;
