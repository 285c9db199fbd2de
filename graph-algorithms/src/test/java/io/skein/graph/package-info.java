@NullMarked
package io.skein.graph;

import org.jspecify.annotations.NullMarked;
