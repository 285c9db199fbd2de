/** How is one answer read so that its rows and its position agree? What the questions share. */
@NullMarked
package io.skein.query.reading;

import org.jspecify.annotations.NullMarked;
