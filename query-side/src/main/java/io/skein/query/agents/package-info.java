/** Which agents are there and how do they do? */
@NullMarked
package io.skein.query.agents;

import org.jspecify.annotations.NullMarked;
