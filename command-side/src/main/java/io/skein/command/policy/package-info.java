/** By which rules is a network judged from now on? The policy aggregate, and the defaults that are configured. */
@NullMarked
package io.skein.command.policy;

import org.jspecify.annotations.NullMarked;
