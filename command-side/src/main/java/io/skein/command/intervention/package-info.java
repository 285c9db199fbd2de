/** What did the detectors propose, and was it decided? */
@NullMarked
package io.skein.command.intervention;

import org.jspecify.annotations.NullMarked;
