/** What proves that nothing was changed, dropped or inserted? Checkpoints, proofs, exports; and who asked for the trail. */
@NullMarked
package io.skein.query.evidence;

import org.jspecify.annotations.NullMarked;
