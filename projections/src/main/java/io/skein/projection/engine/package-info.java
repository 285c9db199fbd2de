/** How does a projection follow the log? Batches with their token in one transaction, faults parked, memory restored, rebuilding. */
@NullMarked
package io.skein.projection.engine;

import org.jspecify.annotations.NullMarked;
