/** How do our own commands speak to a running server? By the same doors as everybody else. */
@NullMarked
package io.skein.standalone.client;

import org.jspecify.annotations.NullMarked;
