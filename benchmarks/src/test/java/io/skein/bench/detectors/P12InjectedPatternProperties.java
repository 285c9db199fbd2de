package io.skein.bench.detectors;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.bench.detectors.Background.Part;
import io.skein.bench.detectors.Injection.Difficulty;
import io.skein.bench.detectors.Trial.Order;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Property 12: each pattern type, injected anywhere in any background, raises its alert with the affected agents and evidence; without injection none. */
class P12InjectedPatternProperties {
    private static final List<String> FAULTS = new Injector(new Stage(Trial.START), new Random(0)).faultNames();
    private static final List<String> BENIGN = new Injector(new Stage(Trial.START), new Random(0)).lookAlikeNames();

    @Property(tries = 120)
    void what_is_injected_raises_its_alert_once_with_its_agents_and_evidence(
            @ForAll long seed, @ForAll Difficulty difficulty) throws IOException {
        Random random = new Random(seed);
        String fault = FAULTS.get(random.nextInt(FAULTS.size()));
        // A lost cause may be all there is to see.
        Difficulty hidden = difficulty == Difficulty.CAUSATION_LOST ? Difficulty.TIGHT : difficulty;
        Trial trial = trial(random, List.of(new Order(fault, hidden)));
        Injection injection = trial.catalogue().getFirst();
        List<Alarm> alarms = trial.detected(new TreeMap<>());
        List<Alarm> ofPattern = alarms.stream()
                .filter(alarm -> alarm.pattern() == injection.pattern())
                .toList();
        assertThat(ofPattern).as("%s", injection).hasSize(1);
        Alarm alarm = ofPattern.getFirst();
        assertThat(alarm.agents()).contains(injection.agents().getFirst());
        assertThat(alarm.atMilli()).isBetween(injection.startMilli(), injection.endMilli() + Score.DELAY_MILLI);
        assertThat(alarm.evidence()).isNotEmpty().allMatch(injection::holds);
        assertThat(alarms).as("nothing else in %s", injection).hasSize(1);
    }

    @Property(tries = 100)
    void without_injection_nothing_is_raised_whatever_it_looks_like(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        List<Order> orders = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            orders.add(new Order(BENIGN.get(random.nextInt(BENIGN.size())), null));
        }
        assertThat(trial(random, orders).detected(new TreeMap<>()))
                .as("%s", orders)
                .isEmpty();
    }

    private static Trial trial(Random random, List<Order> orders) throws IOException {
        return Trial.with(
                Background.of(List.of(), Part.ALL), 0, 0.02 + random.nextDouble() / 5, orders, random.nextLong());
    }
}
