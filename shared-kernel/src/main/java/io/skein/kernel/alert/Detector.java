package io.skein.kernel.alert;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which detector spoke: stable name, version, and the parameters it ran with, so that its verdict can be repeated. */
public record Detector(String name, String version, SortedMap<String, String> parameters) {
    public Detector {
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    }
}
