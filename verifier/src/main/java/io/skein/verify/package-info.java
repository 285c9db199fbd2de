/** Is this bundle what was signed? A program of its own that needs nothing but a JDK. */
@NullMarked
package io.skein.verify;

import org.jspecify.annotations.NullMarked;
