package io.skein.command.ingest.http;

import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import java.util.ArrayList;
import java.util.List;

/** Finds the elements of a JSON array without understanding them, so that one faulty element does not take its neighbours with it. */
final class Elements {
    private Elements() {}

    /** A part of the body. */
    record Slice(int offset, int length) {}

    static boolean isArray(byte[] body) {
        int start = skipBlank(body, 0, body.length);
        return start < body.length && body[start] == '[';
    }

    /** @throws RefusedException if brackets and quotes do not close, or something follows the array */
    static List<Slice> of(byte[] body) {
        int i = skipBlank(body, 0, body.length) + 1;
        List<Slice> slices = new ArrayList<>();
        int start = i;
        int depth = 1;
        boolean quoted = false;
        for (; i < body.length && depth > 0; i++) {
            byte unit = body[i];
            if (quoted) {
                if (unit == '\\') {
                    i++;
                } else if (unit == '"') {
                    quoted = false;
                }
                continue;
            }
            switch (unit) {
                case '"' -> quoted = true;
                case '[', '{' -> depth++;
                case ']', '}' -> {
                    depth--;
                    if (depth == 0) {
                        addLast(body, start, i, slices);
                    }
                }
                case ',' -> {
                    if (depth == 1) {
                        slices.add(new Slice(start, i - start));
                        start = i + 1;
                    }
                }
                default -> {}
            }
        }
        if (depth > 0) {
            throw malformed("body ends inside the array; expected its end");
        }
        if (skipBlank(body, i, body.length) < body.length) {
            throw malformed("body goes on behind the array; expected one JSON array alone");
        }
        return slices;
    }

    private static void addLast(byte[] body, int start, int end, List<Slice> slices) {
        if (!slices.isEmpty() || skipBlank(body, start, end) < end) {
            slices.add(new Slice(start, end - start));
        }
    }

    private static int skipBlank(byte[] body, int from, int to) {
        int i = from;
        while (i < to && (body[i] == ' ' || body[i] == '\n' || body[i] == '\r' || body[i] == '\t')) {
            i++;
        }
        return i;
    }

    private static RefusedException malformed(String detail) {
        return new RefusedException(new Refusal(Reason.MALFORMED, "", detail));
    }
}
