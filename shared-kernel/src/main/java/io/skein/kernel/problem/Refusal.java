package io.skein.kernel.problem;

/**
 * Why something was refused: subject, rule, what was found and expected, in one sentence; never content or a secret.
 *
 * @param field path of the field at fault, as {@code targetAgents[3]}; empty where it is the whole
 */
public record Refusal(Reason reason, String field, String detail) {}
