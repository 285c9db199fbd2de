/** What does a decider answer? Facts, or a refusal as a value. */
@NullMarked
package io.skein.command.decision;

import org.jspecify.annotations.NullMarked;
