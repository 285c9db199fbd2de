/** What can be wrong with what somebody sent? Stable reason codes and refusals as values. */
@NullMarked
package io.skein.kernel.problem;

import org.jspecify.annotations.NullMarked;
