package io.skein.projection.hoarding;

import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.alert.Detector;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.projection.detection.Finding;
import io.skein.projection.detection.Occurrence;
import io.skein.projection.detection.Occurrences;
import io.skein.projection.detection.Parameters;
import io.skein.projection.detection.PatternFold;
import io.skein.projection.hoarding.ClaimBook.Decision;
import io.skein.projection.hoarding.ClaimBook.Held;
import io.skein.projection.hoarding.Pool.Holding;
import io.skein.projection.hoarding.Pool.Wish;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Finds holders of more than their fair share who leave it idle while others are refused; all three count, none alone. O(claims) for a message,
 * O(h log h) for one with a decision on a resource with h agents, at most {@value Pool#AGENTS}. The definition stands in docs/detectors.md.
 */
final class Hoarding implements PatternFold {
    static final String NAME = "hoarding";
    private static final int PEERS_KEPT = 16;
    private static final double REFUSED_BY_A_HOARDER = 0.9;
    private static final int OPEN = 10_000;

    /**
     * @param threshold of the sum of evidence
     * @param timesFairShare below so many times the fair share a holding is uneven, but no hoard
     * @param timesFairShareRefusing the same, for a holder that refuses others itself
     * @param refusals that it takes at least
     * @param peers that were refused, at least
     * @param wantedSeconds how long a wish counts as demand, in event time
     * @param quietSeconds without another refusal it is over
     */
    record Policy(
            double threshold,
            double timesFairShare,
            double timesFairShareRefusing,
            int refusals,
            int peers,
            int wantedSeconds,
            int quietSeconds) {
        static final Policy DEFAULT = new Policy(6, 2, 1.3, 3, 2, 30, 600);
    }

    private final Policy policy;
    private final ClaimBook book = new ClaimBook();
    private final Occurrences<Held> occurrences;

    Hoarding(Policy policy) {
        this.policy = policy;
        this.occurrences = new Occurrences<>(1_000L * policy.quietSeconds(), OPEN);
    }

    @Override
    public Detector identity() {
        return new Detector(NAME, "2", Parameters.of(policy));
    }

    @Override
    public List<Finding> on(AgentEvent event, long position, long atMilli) {
        List<Decision> decisions = book.on(event, position, atMilli);
        List<Finding> found = new ArrayList<>(0);
        occurrences.forget(book.watermark(), position, found);
        for (Held held : book.givenBack()) {
            occurrences.end(held, held.holder() + " gave it back", position, found);
        }
        if (event instanceof MessageRecorded recorded) {
            for (Decision decision : decisions) {
                weigh(decision, recorded, position, found);
            }
        }
        return found;
    }

    private void weigh(Decision decision, MessageRecorded recorded, long position, List<Finding> found) {
        Pool pool = decision.pool();
        double fair = FairShare.level(demands(pool), pool.capacity());
        boolean peer = pool.holdings.containsKey(decision.decider());
        boolean somebodyHoards = false;
        for (Map.Entry<String, Holding> entry : pool.holdings.entrySet()) {
            Holding holding = entry.getValue();
            String holder = entry.getKey();
            boolean own = decision.decider().equals(holder);
            // Where nobody reports use, only the holder's own refusals speak: to sit still and to work look the same
            // from outside.
            double idle = pool.reportsUse ? book.idle(holding) : 1;
            double uneven = own && decision.refused() ? policy.timesFairShareRefusing() : policy.timesFairShare();
            double excess = holding.amount >= uneven * fair ? StrictMath.log(holding.amount / fair) * idle : 0;
            if (excess <= 0 || decision.requester().equals(holder)) {
                continue;
            }
            somebodyHoards |= excess > 0.2;
            if (!own && !pool.reportsUse) {
                continue;
            }
            holding.score = Math.max(0, holding.score + excess * lift(pool, own, decision.refused()));
            Held held =
                    new Held(decision.resource().network(), decision.resource().name(), holder);
            if (holding.score == 0) {
                holding.refused.clear();
                occurrences.end(held, "others are served again", position, found);
                continue;
            }
            if (!decision.refused()) {
                continue;
            }
            Occurrence occurrence = occurrences.seen(held, book.watermark());
            occurrence.add(holding.grant, holding.position);
            occurrence.add(recorded.message().messageId().value(), position);
            occurrence.grow();
            if (holding.refused.size() < PEERS_KEPT) {
                holding.refused.add(decision.requester());
            }
            if (holding.score >= policy.threshold()
                    && occurrence.count() >= policy.refusals()
                    && holding.refused.size() >= policy.peers()
                    && occurrence.tell()) {
                found.add(accuse(decision, holder, holding, occurrence, fair, idle, position));
            }
        }
        if (!somebodyHoards) {
            pool.decisions++;
            pool.refusals += decision.refused() ? 1 : 0;
            if (peer) {
                pool.peerDecisions++;
                pool.peerRefusals += decision.refused() ? 1 : 0;
            }
        }
    }

    /**
     * Log likelihood ratio of a decision: as a hoarder causes them, against as usual. A pool that is full refuses often, whoever holds what; a holder that
     * refuses others itself is compared with other holders who are asked.
     */
    private static double lift(Pool pool, boolean own, boolean refused) {
        double refusals = own ? pool.peerRefusals : pool.refusals;
        double decisions = own ? pool.peerDecisions : pool.decisions;
        double usual = Math.clamp((refusals + 1) / (decisions + 5), 0.1, 0.6);
        return refused
                ? StrictMath.log(REFUSED_BY_A_HOARDER / usual)
                : StrictMath.log((1 - REFUSED_BY_A_HOARDER) / (1 - usual));
    }

    /** What each agent holds and wanted lately. */
    private double[] demands(Pool pool) {
        Map<String, Double> demands = new LinkedHashMap<>();
        pool.holdings.forEach((agent, holding) -> demands.put(agent, holding.amount));
        for (Map.Entry<String, Wish> entry : pool.wishes.entrySet()) {
            Wish wish = entry.getValue();
            if (wish.touchedMilli + 1_000L * policy.wantedSeconds() > book.watermark()) {
                demands.merge(entry.getKey(), wish.amount, Double::sum);
            }
        }
        double[] values = new double[demands.size()];
        int i = 0;
        for (double demand : demands.values()) {
            values[i++] = demand;
        }
        return values;
    }

    private Finding accuse(
            Decision decision,
            String holder,
            Holding holding,
            Occurrence occurrence,
            double fair,
            double idle,
            long position) {
        long seconds = (book.watermark() - holding.sinceMilli) / 1_000;
        String unused = decision.pool().reportsUse
                ? ", used " + Math.round(100 * (1 - idle)) + " % of the time,"
                : " without a word of using it";
        return occurrence.finding(
                identity(),
                Pattern.HOARDING,
                Severity.WARNING,
                Grade.FINDING,
                decision.resource().network(),
                List.of(decision.resource().name(), holder, holding.grant),
                List.of(holder),
                holder + " has held " + plain(holding.amount) + " of "
                        + decision.resource().name() + " for " + seconds + " s" + unused
                        + " where " + plain(fair) + " would be its fair share, while " + holding.refused.size()
                        + " others were refused "
                        + occurrence.count() + " times.",
                "",
                position);
    }

    private static String plain(double amount) {
        return amount == Math.rint(amount) && Math.abs(amount) < 1e15
                ? Long.toString((long) amount)
                : String.format(Locale.ROOT, "%.1f", amount);
    }

    @Override
    public void save(DataOutput out) throws IOException {
        book.save(out);
        occurrences.save(out, Held::write);
    }

    @Override
    public void restore(DataInput in) throws IOException {
        book.restore(in);
        occurrences.restore(in, Held::read);
    }

    @Override
    public int size() {
        return book.size() + occurrences.size();
    }

    @Override
    public long overBudget() {
        return book.evicted();
    }
}
