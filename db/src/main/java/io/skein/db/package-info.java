/** What are the tables, and who may touch them? Flyway scripts and the call that runs them. */
@NullMarked
package io.skein.db;

import org.jspecify.annotations.NullMarked;
