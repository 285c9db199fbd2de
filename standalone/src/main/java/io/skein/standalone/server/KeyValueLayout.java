package io.skein.standalone.server;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import java.util.Locale;

/** One event a line, key=value, cause last. Our own messages are key=value already; those of others become {@code message="…"}. */
public final class KeyValueLayout extends LayoutBase<ILoggingEvent> {
    private final ThrowableProxyConverter causes = new ThrowableProxyConverter();

    @Override
    public void start() {
        causes.start();
        super.start();
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(200);
        line.append("at=").append(event.getInstant());
        line.append(" level=").append(event.getLevel().toString().toLowerCase(Locale.ROOT));
        String logger = event.getLoggerName();
        line.append(" logger=").append(logger.substring(logger.lastIndexOf('.') + 1));
        line.append(" thread=").append(event.getThreadName().replace(' ', '_'));
        String message = event.getFormattedMessage();
        if (logger.startsWith("io.skein.")) {
            line.append(' ').append(message.replace('\n', ' '));
        } else {
            line.append(" message=\"")
                    .append(message.replace('\n', ' ').replace('"', '\''))
                    .append('"');
        }
        line.append('\n');
        if (event.getThrowableProxy() != null) {
            line.append(causes.convert(event));
        }
        return line.toString();
    }
}
