/** What is put together so that questions to the read tables are answered? The entry of the side and its wiring. */
@NullMarked
package io.skein.query;

import org.jspecify.annotations.NullMarked;
