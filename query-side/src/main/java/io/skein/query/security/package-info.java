/** Who may speak to this server from a browser? Host check and security headers. */
@NullMarked
package io.skein.query.security;

import org.jspecify.annotations.NullMarked;
