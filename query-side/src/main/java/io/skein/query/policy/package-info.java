/** By which rules is a network judged, and by which was it? */
@NullMarked
package io.skein.query.policy;

import org.jspecify.annotations.NullMarked;
