package io.skein.query.reading;

/** Marks a class whose annotated methods answer queries; the side puts every one of them on its query bus. */
public interface QueryAnswers {}
