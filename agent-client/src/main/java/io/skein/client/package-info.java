/**
 * How does an agent in Java send messages and lose none? Start at {@link io.skein.client.AgentMessageBus}.
 */
@NullMarked
package io.skein.client;

import org.jspecify.annotations.NullMarked;
