/** Do detectors keep quiet on real conversations, and what do they cost? */
@NullMarked
package io.skein.projection.detection;

import org.jspecify.annotations.NullMarked;
