/** How far is each projection, and is the side well? */
@NullMarked
package io.skein.query.processors;

import org.jspecify.annotations.NullMarked;
