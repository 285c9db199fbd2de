/** What happened, between whom, when, because of what, and what came of it? */
@NullMarked
package io.skein.query.history;

import org.jspecify.annotations.NullMarked;
