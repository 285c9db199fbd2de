package io.skein.standalone;

import io.skein.standalone.client.UnreachableException;
import io.skein.standalone.server.StartException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;

/** What our exit codes mean; the launcher's help says the same. */
final class ExitCodes {
    static final int DONE = 0;
    /** It ran, and the answer is no: a line was refused. */
    static final int NO = 1;

    static final int UNREACHABLE = 2;
    static final int NOT_STARTED = 5;
    static final int USAGE = 64;
    static final int BROKEN = 70;

    private ExitCodes() {}

    /** Says what went wrong in a line, where a person can do something about it, and gives the code. */
    static int report(Exception failure, PrintWriter err) {
        int code;
        switch (failure) {
            case UnreachableException gone -> {
                err.println("skein: " + gone.getMessage());
                code = UNREACHABLE;
            }
            case StartException cannot -> {
                err.println("skein: " + cannot.getMessage());
                code = NOT_STARTED;
            }
            case NoSuchFileException missing -> {
                err.println("skein: no such file: " + missing.getFile());
                code = USAGE;
            }
            case IOException unreadable -> {
                err.println("skein: " + unreadable.getMessage());
                code = USAGE;
            }
            default -> {
                err.println("skein: " + NestedExceptionUtils.getMostSpecificCause(failure));
                LoggerFactory.getLogger(ExitCodes.class).error("event=command_failed", failure);
                code = BROKEN;
            }
        }
        err.flush();
        return code;
    }
}
