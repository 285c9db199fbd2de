/** What did the read tables say at an earlier position? Copies kept now and then, and views made from them when somebody asks. */
@NullMarked
package io.skein.projection.past;

import org.jspecify.annotations.NullMarked;
