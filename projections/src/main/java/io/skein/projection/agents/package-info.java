/** Which agents are there, and how do they do? */
@NullMarked
package io.skein.projection.agents;

import org.jspecify.annotations.NullMarked;
