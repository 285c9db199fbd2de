/** Is the log still what it was? The Merkle tree that follows it, and the check that reads it again. */
@NullMarked
package io.skein.projection.evidence;

import org.jspecify.annotations.NullMarked;
