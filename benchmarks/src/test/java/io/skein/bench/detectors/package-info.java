/** Is every pattern that is put into any traffic seen, and nothing where nothing was put? */
@NullMarked
package io.skein.bench.detectors;

import org.jspecify.annotations.NullMarked;
