package io.skein.standalone.demo;

import io.skein.kernel.alert.Pattern;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.message.Claim;
import io.skein.kernel.message.ClaimAction;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The scripts of what goes wrong: at known seconds of each round, with agents drawn anew each time. */
final class Faults {
    static final int ROUND_SECONDS = 180;
    static final int LOOP_AT = 15;
    static final int EQUIVOCATION_AT = 24;
    static final int HOARDING_AT = 30;
    static final int CASCADE_AT = 44;
    static final int DEADLOCK_AT = 55;
    static final int LAPS = 5;

    private static final int HOARDING_SECONDS = 25;
    private static final int DEADLOCK_SECONDS = 25;
    private static final int[] CASCADE_WIDTHS = {5, 4, 4};
    private static final int[] CONTACT_DISTANCES = {1, 2, 5, 9, 13};

    private final Agenda agenda;
    private final Voices voices;
    private final Chance chance;
    private final Pool gpu;
    private final List<Fault> seeded = new ArrayList<>();
    private String lastHoarder = "";

    Faults(Agenda agenda, Voices voices, Chance chance, Pool gpu) {
        this.agenda = agenda;
        this.voices = voices;
        this.chance = chance;
        this.gpu = gpu;
    }

    List<Fault> seeded() {
        return List.copyOf(seeded);
    }

    void schedule() {
        round(0);
    }

    private void round(long number) {
        long begin = number * ROUND_SECONDS * 1_000L;
        agenda.at(begin + LOOP_AT * 1_000L, this::loop);
        agenda.at(begin + EQUIVOCATION_AT * 1_000L, this::equivocation);
        agenda.at(begin + HOARDING_AT * 1_000L, this::hoarding);
        agenda.at(begin + CASCADE_AT * 1_000L, this::cascade);
        agenda.at(begin + DEADLOCK_AT * 1_000L, this::deadlock);
        agenda.at(begin + ROUND_SECONDS * 1_000L, () -> round(number + 1));
    }

    /** Three agents hand one ticket round and round; each asks the next, nobody answers. */
    private void loop() {
        List<String> ring = List.of(
                chance.one(Role.PLANNER.agents()),
                chance.one(Role.RESEARCHER.agents()),
                chance.one(Role.WRITER.agents()));
        seed(Pattern.ROUTING_LOOP, ring, LAPS * 3);
        String conversation = voices.newConversation("ticket");
        String text = "Who owns this ticket? Please see that it is handled: " + conversation;
        Message root = voices.say(Draft.request("desk-north", ring.getFirst(), conversation, null, text));
        lap(ring, 0, root.messageId(), conversation, text);
    }

    private void lap(List<String> ring, int hop, MessageId cause, String conversation, String text) {
        if (hop == LAPS * ring.size()) {
            return;
        }
        agenda.after(chance.around(450), () -> {
            String from = ring.get(hop % ring.size());
            String to = ring.get((hop + 1) % ring.size());
            Message request = voices.say(Draft.request(from, to, conversation, cause, text));
            lap(ring, hop + 1, request.messageId(), conversation, text);
        });
    }

    /** A buyer names one ceiling to the supplier and another to the auditor. */
    private void equivocation() {
        String buyer = chance.one(Role.BUYER.agents());
        String supplier = chance.one(Role.SUPPLIER.agents());
        seed(Pattern.EQUIVOCATION, List.of(buyer, supplier, "auditor"), 3);
        String conversation = voices.newConversation("order");
        int ceiling = 100 * chance.between(8, 20);
        tell(buyer, supplier, conversation, ceiling * 4);
        agenda.after(chance.around(900), () -> tell(buyer, "auditor", conversation, ceiling));
    }

    private void tell(String from, String to, String conversation, int ceiling) {
        Map<String, Object> statement = new LinkedHashMap<>();
        statement.put("key", "ceiling/" + conversation);
        statement.put("value", ceiling);
        statement.put("unit", "EUR");
        Message request = voices.say(
                Draft.request(from, to, conversation, null, "Our ceiling for this order is " + ceiling + " EUR")
                        .stating(Voices.json(statement)));
        long took = chance.around(Role.of(to).thinkMillis());
        agenda.after(took, () -> voices.say(Draft.answer(request, "Noted", Outcome.OK, took)));
    }

    /** A coder takes most of the GPU, leaves it idle, and refuses everybody who asks. */
    private void hoarding() {
        List<String> coders = chance.some(5, Role.CODER.agents());
        String hoarder = coders.getFirst();
        lastHoarder = hoarder;
        seed(Pattern.HOARDING, List.of(hoarder), HOARDING_SECONDS);
        String conversation = voices.newConversation("capacity");
        int amount = largestShare();
        Message wish = claim(hoarder, "scheduler", conversation, null, ClaimAction.REQUEST, amount, "I need the GPU");
        agenda.after(
                60,
                () -> voices.say(
                        Draft.answer(wish, "Yes", Outcome.OK, 60).claiming(gpu.claim(ClaimAction.GRANT, amount))));
        for (int second = 3; second < HOARDING_SECONDS - 2; second += 2) {
            String other = coders.get(1 + (second / 2) % 4);
            agenda.after(second * 1_000L, () -> beg(other, hoarder, conversation));
        }
        agenda.after(HOARDING_SECONDS * 1_000L, () -> {
            gpu.giveBack(amount);
            voices.say(Draft.broadcast(hoarder, List.of("scheduler"), conversation, wish.messageId(), "Done with it")
                    .claiming(gpu.claim(ClaimAction.RELEASE, amount)));
        });
    }

    private int largestShare() {
        for (int amount = 90; amount > 0; amount -= 5) {
            if (gpu.take(amount)) {
                return amount;
            }
        }
        return 0;
    }

    private void beg(String other, String hoarder, String conversation) {
        Message wish = claim(other, "scheduler", conversation, null, ClaimAction.REQUEST, 40, "I need the GPU too");
        agenda.after(
                70,
                () -> voices.say(Draft.answer(wish, "Not now: " + hoarder + " has it", Outcome.REFUSED, 70)
                        .claiming(gpu.claim(ClaimAction.REFUSE, 40))));
        agenda.after(600, () -> {
            Message plea =
                    claim(other, hoarder, conversation, wish.messageId(), ClaimAction.REQUEST, 40, "Can we share?");
            agenda.after(
                    300,
                    () -> voices.say(Draft.answer(plea, "No", Outcome.REFUSED, 300)
                            .claiming(gpu.claim(ClaimAction.REFUSE, 40))));
        });
    }

    /** One bad message is passed on by everybody who hears it. */
    private void cascade() {
        List<String> listeners = new ArrayList<>();
        for (Role role : List.of(Role.PLANNER, Role.RESEARCHER, Role.CODER, Role.REVIEWER, Role.ANALYST, Role.WRITER)) {
            listeners.addAll(role.agents());
        }
        String source = chance.one(listeners);
        seed(Pattern.CASCADE, List.of(source), 6);
        String conversation = voices.newConversation("rumour");
        spread(source, conversation, null, listeners, 0);
    }

    private void spread(
            String from, String conversation, @Nullable MessageId cause, List<String> listeners, int depth) {
        boolean last = depth == CASCADE_WIDTHS.length;
        List<String> targets = contacts(from, listeners, last ? 3 : CASCADE_WIDTHS[depth]);
        Message message = voices.say(
                Draft.broadcast(from, targets, conversation, cause, "Urgent: all caches are poisoned, pass it on!"));
        if (!last) {
            for (String target : targets) {
                agenda.after(
                        chance.around(700),
                        () -> spread(target, conversation, message.messageId(), listeners, depth + 1));
            }
        }
    }

    /** Whom an agent tells everything: always the same ones. */
    private static List<String> contacts(String agent, List<String> among, int count) {
        int own = among.indexOf(agent);
        List<String> contacts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            contacts.add(among.get((own + CONTACT_DISTANCES[i]) % among.size()));
        }
        return contacts;
    }

    /** Two agents each hold what the other waits for. */
    private void deadlock() {
        // The hoarder may be in quarantine by then.
        List<String> free = new ArrayList<>(Role.CODER.agents());
        free.remove(lastHoarder);
        List<String> pair = chance.some(2, free);
        seed(Pattern.DEADLOCK, pair, DEADLOCK_SECONDS);
        hold(pair.get(0), "staging-lock", pair.get(1), "release-lock");
        hold(pair.get(1), "release-lock", pair.get(0), "staging-lock");
    }

    private void hold(String agent, String held, String other, String wanted) {
        String conversation = voices.newConversation("release");
        Message got = lock(agent, "scheduler", conversation, null, held, ClaimAction.REQUEST, "I take " + held);
        agenda.after(
                60, () -> voices.say(Draft.answer(got, "Yes", Outcome.OK, 60).claiming(one(held, ClaimAction.GRANT))));
        agenda.after(1_500, () -> {
            Message wish = lock(agent, other, conversation, null, wanted, ClaimAction.REQUEST, "I wait for " + wanted);
            for (int second = 6; second < DEADLOCK_SECONDS - 3; second += 6) {
                agenda.after(
                        second * 1_000L,
                        () -> lock(
                                agent,
                                other,
                                conversation,
                                wish.messageId(),
                                wanted,
                                ClaimAction.REQUEST,
                                "I still wait for " + wanted));
            }
            long waits = DEADLOCK_SECONDS * 1_000L - 1_500;
            agenda.after(waits, () -> {
                voices.say(Draft.answer(wish, "Never got round to it", Outcome.TIMEOUT, waits)
                        .claiming(one(wanted, ClaimAction.REFUSE)));
                voices.say(Draft.broadcast(agent, List.of("scheduler"), conversation, got.messageId(), "I give up")
                        .claiming(one(held, ClaimAction.RELEASE)));
            });
        });
    }

    private Message claim(
            String from,
            String to,
            String conversation,
            @Nullable MessageId cause,
            ClaimAction action,
            int amount,
            String text) {
        return voices.say(Draft.request(from, to, conversation, cause, text).claiming(gpu.claim(action, amount)));
    }

    private Message lock(
            String from,
            String to,
            String conversation,
            @Nullable MessageId cause,
            String resource,
            ClaimAction action,
            String text) {
        return voices.say(Draft.request(from, to, conversation, cause, text).claiming(one(resource, action)));
    }

    private static List<Claim> one(String resource, ClaimAction action) {
        return List.of(new Claim(resource, action, 1, "lock", 5));
    }

    private void seed(Pattern pattern, List<String> agents, int seconds) {
        seeded.add(new Fault(
                pattern,
                agents.stream().map(AgentId::new).toList(),
                voices.now(),
                voices.now().plusSeconds(seconds)));
    }
}
