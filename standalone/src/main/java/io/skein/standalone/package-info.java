/** How does a person run Skein on one machine? The command line. */
@NullMarked
package io.skein.standalone;

import org.jspecify.annotations.NullMarked;
