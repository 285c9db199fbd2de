/** How does everything run in one process? Servers, sides and doors, started in order, stopped in the opposite order. */
@NullMarked
package io.skein.standalone.server;

import org.jspecify.annotations.NullMarked;
