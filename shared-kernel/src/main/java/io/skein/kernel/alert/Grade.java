package io.skein.kernel.alert;

/** How strong the evidence is: the log proves it, a statistic claims it with an error rate, or something is absent. */
public enum Grade {
    FACT,
    FINDING,
    SUSPICION
}
