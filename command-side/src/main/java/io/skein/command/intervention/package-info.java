/** What did the detectors propose, and was it decided? Whom does the policy put in quarantine, and when does that end? */
@NullMarked
package io.skein.command.intervention;

import org.jspecify.annotations.NullMarked;
