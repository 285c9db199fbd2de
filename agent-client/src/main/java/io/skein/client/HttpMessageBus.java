package io.skein.client;

import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Sends to Skein's door {@code POST /v1/messages} in batches. Receipts carry the position in the log. */
public final class HttpMessageBus extends BufferedBus {
    private HttpMessageBus(Builder builder, HttpCourier courier) {
        super(builder, courier);
    }

    /** @param address where the door is, without {@code /v1/messages}: {@code https://skein.example:8080} */
    public static Builder to(URI address, BufferSettings buffer) {
        return new Builder(address, buffer);
    }

    /** Not safe for several threads. */
    public static final class Builder extends BusBuilder<Builder> {
        final URI address;

        @Nullable
        String apiKey;

        @Nullable
        SSLContext tls;

        Duration connectTimeout = Duration.ofSeconds(5);
        Duration requestTimeout = Duration.ofSeconds(30);

        private Builder(URI address, BufferSettings buffer) {
            super(buffer);
            this.address = address;
            String scheme = String.valueOf(address.getScheme());
            if (!scheme.equals("http") && !scheme.equals("https") || address.getHost() == null) {
                throw new IllegalArgumentException("Skein's address is " + address
                        + "; expected http or https and a host, as https://skein.example:8080");
            }
        }

        /** Sent as bearer token. */
        public Builder apiKey(String key) {
            apiKey = key;
            return this;
        }

        /** Certificates and keys of the agent's own, instead of those of the Java installation. */
        public Builder tls(SSLContext context) {
            tls = context;
            return this;
        }

        public Builder connectTimeout(Duration timeout) {
            connectTimeout = timeout;
            return this;
        }

        /** From the first byte sent to the last byte of the answer. */
        public Builder requestTimeout(Duration timeout) {
            requestTimeout = timeout;
            return this;
        }

        /**
         * Opens the buffer and starts delivering what it holds. Does not need Skein to be there.
         *
         * @throws BusException if the buffer cannot be used
         */
        public HttpMessageBus open() {
            HttpMessageBus bus = new HttpMessageBus(this, new HttpCourier(this));
            bus.start();
            return bus;
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
