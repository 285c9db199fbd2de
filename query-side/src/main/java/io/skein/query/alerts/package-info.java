/** What should a person see? */
@NullMarked
package io.skein.query.alerts;

import org.jspecify.annotations.NullMarked;
