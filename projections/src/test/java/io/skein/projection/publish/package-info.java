@NullMarked
package io.skein.projection.publish;

import org.jspecify.annotations.NullMarked;
