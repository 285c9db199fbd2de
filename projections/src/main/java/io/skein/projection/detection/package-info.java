/** What does every detector give and keep? The contract of a fold that may speak, what it says, and memory that ends. */
@NullMarked
package io.skein.projection.detection;

import org.jspecify.annotations.NullMarked;
