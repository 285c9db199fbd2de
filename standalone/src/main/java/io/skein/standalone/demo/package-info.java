/** What would a busy fleet look like, with known faults in it? A simulated network: the same seed and start give the same messages. */
@NullMarked
package io.skein.standalone.demo;

import org.jspecify.annotations.NullMarked;
