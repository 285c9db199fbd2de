/** How is the log proved? The RFC 6962 Merkle tree over the stored bytes of its rows, its tiles, proofs and signed checkpoints; plain computation. */
@NullMarked
package io.skein.eventlog.tree;

import org.jspecify.annotations.NullMarked;
