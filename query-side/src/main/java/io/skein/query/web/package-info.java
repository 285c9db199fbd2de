/** What can be asked over HTTP? Thin: validate, ask the query bus, answer. */
@NullMarked
package io.skein.query.web;

import org.jspecify.annotations.NullMarked;
