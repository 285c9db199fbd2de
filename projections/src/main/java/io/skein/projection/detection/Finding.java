package io.skein.projection.detection;

import io.skein.kernel.alert.AlertCommand.RaiseAlert;

/**
 * What a detector has to say.
 *
 * @param alert the same id for the same occurrence, however it grows
 * @param position log position of the event that made it speak
 */
public record Finding(RaiseAlert alert, long position) {}
