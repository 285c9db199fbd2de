/** What is a message? The utterance itself, its claims and limits. */
@NullMarked
package io.skein.kernel.message;

import org.jspecify.annotations.NullMarked;
