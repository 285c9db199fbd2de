/** What do the detectors find of what was put into real traffic, and what do they call a fault that is none? */
@NullMarked
package io.skein.bench.detectors;

import org.jspecify.annotations.NullMarked;
