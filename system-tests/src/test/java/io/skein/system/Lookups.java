package io.skein.system;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;

/** Remembers every host name that this process asks for. Installed through the platform's own service for name resolution. */
public final class Lookups extends InetAddressResolverProvider {
    static final Set<String> ASKED = new ConcurrentSkipListSet<>();

    @Override
    public InetAddressResolver get(Configuration configuration) {
        InetAddressResolver platform = configuration.builtinResolver();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
                ASKED.add(host);
                return platform.lookupByName(host, policy);
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                return platform.lookupByAddress(address);
            }
        };
    }

    @Override
    public String name() {
        return "remembering";
    }
}
