@NullMarked
package io.skein.eventlog.tree;

import org.jspecify.annotations.NullMarked;
