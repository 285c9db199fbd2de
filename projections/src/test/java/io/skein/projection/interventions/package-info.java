/** Did an intervention help? The tests of that. */
@NullMarked
package io.skein.projection.interventions;

import org.jspecify.annotations.NullMarked;
