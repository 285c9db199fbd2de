/** What did Skein or an operator do about an agent, why, and did it help? */
@NullMarked
package io.skein.kernel.intervention;

import org.jspecify.annotations.NullMarked;
