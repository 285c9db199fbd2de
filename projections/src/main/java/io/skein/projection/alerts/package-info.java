/** What should a person see, and where does it stand? */
@NullMarked
package io.skein.projection.alerts;

import org.jspecify.annotations.NullMarked;
