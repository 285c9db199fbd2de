/** What does a program of an agent's author look like? Apart from the client's package, so that it sees only what is public. */
@NullMarked
package io.skein.client.example;

import org.jspecify.annotations.NullMarked;
