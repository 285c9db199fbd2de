package io.skein.projection.hoarding;

import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.message.Claim;
import io.skein.kernel.message.ClaimAction;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.projection.detection.Codec;
import io.skein.projection.detection.Windowed;
import io.skein.projection.hoarding.Pool.Holding;
import io.skein.projection.hoarding.Pool.Wish;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who holds and who wants what, by claims: REQUEST is a wish of the sender; GRANT gives to each target; REFUSE denies each target; RELEASE gives back
 * what the sender holds; USE says that the sender works with it. O(claims × targets) for a message.
 */
final class ClaimBook {
    static final long WINDOW_MILLI = 1_800_000;
    static final int POOLS = 5_000;
    private static final int AGENTS = 20_000;
    private static final int RESOURCES_EACH = 64;
    private static final int ASKED = 8;
    private static final int CAUSES = 8;

    /** How long a USE speaks for. */
    static final long USE_MILLI = 15_000;

    /** A wish was granted or refused. */
    record Decision(Key resource, Pool pool, String decider, String requester, boolean refused) {}

    /** An agent's holding of a resource. */
    record Held(String network, String resource, String holder) {
        static void write(DataOutput out, Held held) throws IOException {
            out.writeUTF(held.network);
            out.writeUTF(held.resource);
            out.writeUTF(held.holder);
        }

        static Held read(DataInput in) throws IOException {
            return new Held(in.readUTF(), in.readUTF(), in.readUTF());
        }
    }

    private static final class Known {
        String epoch = "";
        Set<String> resources = new LinkedHashSet<>();
    }

    private final Windowed<Key, Pool> pools = new Windowed<>(WINDOW_MILLI, POOLS);
    private final Windowed<Key, Known> agents = new Windowed<>(WINDOW_MILLI, AGENTS);
    private long watermark = Long.MIN_VALUE;

    /** The holdings that the last message ended. */
    private final List<Held> givenBack = new ArrayList<>(1);

    /** The agents whose wishes or holdings the last message changed. */
    private final Set<String> touched = new LinkedHashSet<>();

    long watermark() {
        return watermark;
    }

    List<Held> givenBack() {
        return givenBack;
    }

    Set<String> touched() {
        return touched;
    }

    @Nullable
    Pool pool(String network, String resource) {
        return pools.get(new Key(network, resource));
    }

    /** The resources that the agent holds or wants. */
    Set<String> resources(String network, String agent) {
        Known known = agents.get(new Key(network, agent));
        return known == null ? Set.of() : known.resources;
    }

    List<Decision> on(AgentEvent event, long position, long atMilli) {
        touched.clear();
        givenBack.clear();
        return switch (event) {
            case MessageRecorded recorded -> on(recorded.message(), atMilli, position);
            case MessageBlocked blocked -> released(blocked.message(), atMilli);
            default -> List.of();
        };
    }

    /** Moves the time on before the event at it is taken. */
    void tick(long atMilli) {
        watermark = Math.max(watermark, atMilli);
    }

    /** What a blocked sender gives back is given back: nobody is accused of keeping what it could not say that it returned. */
    private List<Decision> released(Message message, long atMilli) {
        watermark = Math.max(watermark, atMilli);
        for (Claim claim : message.claims()) {
            if (claim.action() == ClaimAction.RELEASE) {
                release(message.networkId().value(), message.agentId().value(), claim);
            }
        }
        return List.of();
    }

    private List<Decision> on(Message message, long atMilli, long position) {
        watermark = Math.max(watermark, atMilli);
        pools.forget(watermark);
        agents.forget(watermark);
        String network = message.networkId().value();
        String sender = message.agentId().value();
        restart(network, sender, message);
        if (message.claims().isEmpty()) {
            if (message.type() == MessageType.RESPONSE && message.causationId() != null) {
                answered(network, message);
            }
            return List.of();
        }
        List<Decision> decisions = new ArrayList<>(1);
        for (Claim claim : message.claims()) {
            switch (claim.action()) {
                case REQUEST -> request(network, sender, message, claim, position);
                case GRANT -> {
                    for (AgentId target : message.targetAgents()) {
                        if (!target.value().equals(sender)) {
                            grant(network, sender, target.value(), message, claim, position, decisions);
                        }
                    }
                }
                case REFUSE -> {
                    for (AgentId target : message.targetAgents()) {
                        refuse(network, sender, target.value(), claim, decisions);
                    }
                }
                case USE -> use(network, sender, claim);
                case RELEASE -> release(network, sender, claim);
            }
        }
        return decisions;
    }

    /** A restarted agent has forgotten what it held and wanted. */
    private void restart(String network, String agent, Message message) {
        Known known = agents.get(new Key(network, agent));
        JsonText epoch = message.metadata().get("epoch");
        if (known == null || epoch == null) {
            return;
        }
        String now = epoch.value().length() > 256 ? epoch.value().substring(0, 256) : epoch.value();
        if (!known.epoch.isEmpty() && !known.epoch.equals(now)) {
            for (String resource : List.copyOf(known.resources)) {
                Pool pool = pools.get(new Key(network, resource));
                if (pool != null) {
                    if (pool.holdings.remove(agent) != null) {
                        givenBack.add(new Held(network, resource, agent));
                    }
                    pool.wishes.remove(agent);
                }
            }
            known.resources.clear();
            touched.add(agent);
        }
        known.epoch = now;
    }

    private void answered(String network, Message message) {
        String cause =
                message.causationId() == null ? "" : message.causationId().value();
        for (AgentId target : message.targetAgents()) {
            Known known = agents.get(new Key(network, target.value()));
            if (known == null) {
                continue;
            }
            for (String resource : known.resources) {
                Pool pool = pools.get(new Key(network, resource));
                Wish wish = pool == null ? null : pool.wishes.get(target.value());
                if (wish != null && wish.open && (wish.message.equals(cause) || wish.latest.equals(cause))) {
                    wish.open = false;
                    touched.add(target.value());
                }
            }
        }
    }

    private Pool poolOf(String network, Claim claim) {
        Key key = new Key(network, claim.resource());
        Pool pool = pools.get(key);
        if (pool == null) {
            pool = new Pool();
        }
        pools.put(key, pool, watermark);
        pool.exclusive |= "lock".equals(claim.unit());
        return pool;
    }

    private void remember(String network, String agent, String resource, Message message) {
        Key key = new Key(network, agent);
        Known known = agents.get(key);
        if (known == null) {
            known = new Known();
        }
        if (known.resources.size() < RESOURCES_EACH || known.resources.contains(resource)) {
            known.resources.add(resource);
        }
        JsonText epoch = message.metadata().get("epoch");
        if (known.epoch.isEmpty() && epoch != null && message.agentId().value().equals(agent)) {
            known.epoch = epoch.value().length() > 256 ? epoch.value().substring(0, 256) : epoch.value();
        }
        agents.put(key, known, watermark);
        touched.add(agent);
    }

    private void request(String network, String sender, Message message, Claim claim, long position) {
        Pool pool = poolOf(network, claim);
        Wish wish = pool.wishes.remove(sender);
        if (wish == null || !wish.open) {
            wish = new Wish();
            wish.sinceMilli = watermark;
            wish.message = message.messageId().value();
            wish.position = position;
        }
        wish.open = true;
        wish.amount = claim.amount();
        wish.touchedMilli = watermark;
        wish.latest = message.messageId().value();
        for (AgentId target : message.targetAgents()) {
            if (wish.asked.size() < ASKED) {
                wish.asked.add(target.value());
            }
        }
        pool.wishes.put(sender, wish);
        if (pool.wishes.size() > Pool.AGENTS) {
            pool.wishes.pollFirstEntry();
        }
        remember(network, sender, claim.resource(), message);
    }

    private void grant(
            String network,
            String granter,
            String holder,
            Message message,
            Claim claim,
            long position,
            List<Decision> decisions) {
        Pool pool = poolOf(network, claim);
        Holding holding = pool.holdings.get(holder);
        String cause =
                message.causationId() == null ? "" : message.causationId().value();
        if (holding != null && !cause.isEmpty() && holding.causes.contains(cause)) {
            return;
        }
        if (holding == null) {
            holding = new Holding();
            holding.sinceMilli = watermark;
            holding.usedUntilMilli = watermark;
            holding.grant = message.messageId().value();
            holding.position = position;
            pool.holdings.put(holder, holding);
            if (pool.holdings.size() > Pool.AGENTS) {
                pool.holdings.pollFirstEntry();
            }
        }
        holding.amount += claim.amount();
        if (!cause.isEmpty()) {
            holding.causes.add(cause);
            if (holding.causes.size() > CAUSES) {
                holding.causes.removeFirst();
            }
        }
        declare(pool, message);
        pool.mostHeld = Math.max(pool.mostHeld, pool.held());
        pool.wishes.remove(holder);
        remember(network, holder, claim.resource(), message);
        // A holder that hands some of its own on has less of it: locks and shares pass from hand to hand.
        Holding own = pool.holdings.get(granter);
        if (own != null) {
            take(network, claim.resource(), pool, granter, own, claim.amount());
            touched.add(granter);
        }
        decisions.add(new Decision(new Key(network, claim.resource()), pool, granter, holder, false));
    }

    private static void declare(Pool pool, Message message) {
        JsonText capacity = message.metadata().get("capacity");
        if (capacity == null
                || message.claims().stream().map(Claim::resource).distinct().count() != 1) {
            return;
        }
        try {
            double declared = Double.parseDouble(capacity.value());
            if (declared >= 0 && declared <= Double.MAX_VALUE) {
                pool.declared = declared;
            }
        } catch (NumberFormatException other) {
            // Declared in words of its own; the capacity is learned instead.
            pool.declared = Double.NaN;
        }
    }

    private void refuse(String network, String refuser, String requester, Claim claim, List<Decision> decisions) {
        Pool pool = poolOf(network, claim);
        Wish wish = pool.wishes.get(requester);
        if (wish != null) {
            wish.open = false;
            wish.touchedMilli = watermark;
            touched.add(requester);
        }
        decisions.add(new Decision(new Key(network, claim.resource()), pool, refuser, requester, true));
    }

    private void use(String network, String holder, Claim claim) {
        Pool pool = poolOf(network, claim);
        pool.reportsUse = true;
        Holding holding = pool.holdings.get(holder);
        if (holding == null) {
            return;
        }
        settle(holding, watermark);
        holding.usedPart =
                claim.amount() == 0 || holding.amount == 0 ? 1 : Math.min(1, claim.amount() / holding.amount);
        holding.usedUntilMilli = watermark + USE_MILLI;
        // From here on usedUntil lies ahead; what has passed is in busyMilli.
        holding.busyMilli += USE_MILLI * holding.usedPart;
    }

    /** Takes back the part of the last use's time that is still ahead. */
    private static void settle(Holding holding, long now) {
        if (holding.usedUntilMilli > now) {
            holding.busyMilli -= (holding.usedUntilMilli - now) * holding.usedPart;
            holding.usedUntilMilli = now;
        }
    }

    /** The part of the time since the first grant in which the holding was not in use, 0 to 1. */
    double idle(Holding holding) {
        double ahead = Math.max(0, holding.usedUntilMilli - watermark) * holding.usedPart;
        double held = Math.max(1, watermark - holding.sinceMilli);
        return Math.clamp(1 - (holding.busyMilli - ahead) / held, 0.0, 1.0);
    }

    private void release(String network, String holder, Claim claim) {
        Pool pool = pools.get(new Key(network, claim.resource()));
        Holding holding = pool == null ? null : pool.holdings.get(holder);
        if (pool != null && holding != null) {
            take(network, claim.resource(), pool, holder, holding, claim.amount());
            touched.add(holder);
        }
    }

    private void take(String network, String resource, Pool pool, String holder, Holding holding, double amount) {
        holding.amount -= amount;
        if (holding.amount <= 1e-9 * amount) {
            pool.holdings.remove(holder);
            givenBack.add(new Held(network, resource, holder));
        }
    }

    void save(DataOutput out) throws IOException {
        out.writeLong(watermark);
        pools.save(out, Key::write, (to, pool) -> pool.save(to));
        agents.save(out, Key::write, (to, known) -> {
            to.writeUTF(known.epoch);
            Codec.strings(to, known.resources);
        });
    }

    void restore(DataInput in) throws IOException {
        watermark = in.readLong();
        pools.restore(in, Key::read, Pool::read);
        agents.restore(in, Key::read, from -> {
            Known known = new Known();
            known.epoch = from.readUTF();
            known.resources = new LinkedHashSet<>(Codec.strings(from));
            return known;
        });
    }

    long evicted() {
        return pools.evicted() + agents.evicted();
    }

    int size() {
        return pools.size() + agents.size();
    }
}
