package io.skein.kernel.id;

/** An agent wherever several networks meet: names the agent aggregate. Written {@code network/agent}; {@code %} and {@code /} in the network's id are escaped. */
public record AgentKey(NetworkId networkId, AgentId agentId) {

    /** @throws IllegalArgumentException if the text has no slash or its parts are no ids */
    public static AgentKey parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("agent key '" + text + "' has no slash; expected network/agent");
        }
        String network = text.substring(0, slash).replace("%2F", "/").replace("%25", "%");
        return new AgentKey(new NetworkId(network), new AgentId(text.substring(slash + 1)));
    }

    @Override
    public String toString() {
        return networkId.value().replace("%", "%25").replace("/", "%2F") + "/" + agentId.value();
    }
}
