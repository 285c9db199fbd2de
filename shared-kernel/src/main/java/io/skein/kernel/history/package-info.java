/** What can be asked of all that ever happened? */
@NullMarked
package io.skein.kernel.history;

import org.jspecify.annotations.NullMarked;
