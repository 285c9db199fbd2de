package io.skein.projection.hoarding;

import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.alert.Detector;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.projection.detection.Finding;
import io.skein.projection.detection.PatternFold;
import io.skein.projection.hoarding.ClaimBook.Decision;
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
import java.util.TreeMap;

/**
 * Finds holders of more than their fair share who leave it idle while others are refused; all three count, none alone. O(claims) for a message,
 * O(h log h) for one with a decision on a resource with h agents, at most {@value Pool#AGENTS}. The definition stands in docs/detectors.md.
 */
final class Hoarding implements PatternFold {
    static final String NAME = "hoarding";
    static final double THRESHOLD = 6;
    static final long WANTED_MILLI = 30_000;
    static final int REFUSALS = 3;

    /** Below this many times the fair share, a holding is uneven but no hoard. */
    static final double TIMES_FAIR = 2;

    private static final int PEERS = 2;
    private static final int PEERS_KEPT = 16;
    private static final double REFUSED_BY_A_HOARDER = 0.9;

    private final ClaimBook book = new ClaimBook();

    @Override
    public Detector identity() {
        return new Detector(
                NAME,
                "1",
                new TreeMap<>(Map.of(
                        "threshold", Double.toString(THRESHOLD),
                        "timesFairShare", Double.toString(TIMES_FAIR),
                        "refusals", Integer.toString(REFUSALS),
                        "peers", Integer.toString(PEERS),
                        "wantedSeconds", Long.toString(WANTED_MILLI / 1_000),
                        "useSeconds", Long.toString(ClaimBook.USE_MILLI / 1_000),
                        "refusedByAHoarder", Double.toString(REFUSED_BY_A_HOARDER))));
    }

    @Override
    public List<Finding> on(AgentEvent event, long position) {
        List<Decision> decisions = book.on(event, position);
        if (decisions.isEmpty() || !(event instanceof MessageRecorded recorded)) {
            return List.of();
        }
        List<Finding> found = new ArrayList<>(0);
        for (Decision decision : decisions) {
            weigh(decision, recorded, position, found);
        }
        return found;
    }

    private void weigh(Decision decision, MessageRecorded recorded, long position, List<Finding> found) {
        Pool pool = decision.pool();
        double fair = FairShare.level(demands(pool), pool.capacity());
        double usual = Math.clamp((pool.refusals + 1.0) / (pool.decisions + 5.0), 0.1, 0.6);
        boolean somebodyHoards = false;
        for (Map.Entry<String, Holding> entry : pool.holdings.entrySet()) {
            Holding holding = entry.getValue();
            String holder = entry.getKey();
            boolean own = decision.decider().equals(holder);
            // Where nobody reports use, only the holder's own refusals speak: to sit still and to work look the same
            // from outside.
            double idle = pool.reportsUse ? book.idle(holding) : 1;
            double excess = holding.amount >= TIMES_FAIR * fair ? StrictMath.log(holding.amount / fair) * idle : 0;
            if (excess <= 0 || decision.requester().equals(holder)) {
                continue;
            }
            somebodyHoards |= excess > 0.2;
            if (!own && !pool.reportsUse) {
                continue;
            }
            double lift = decision.refused()
                    ? StrictMath.log(REFUSED_BY_A_HOARDER / usual)
                    : StrictMath.log((1 - REFUSED_BY_A_HOARDER) / (1 - usual));
            holding.score = Math.max(0, holding.score + excess * lift);
            if (holding.score == 0) {
                holding.refused.clear();
                continue;
            }
            if (!decision.refused()) {
                continue;
            }
            holding.occurrence.grow();
            holding.occurrence.add(recorded.message().messageId().value(), position);
            if (holding.refused.size() < PEERS_KEPT) {
                holding.refused.add(decision.requester());
            }
            if (holding.score >= THRESHOLD
                    && holding.occurrence.count() >= REFUSALS
                    && holding.refused.size() >= PEERS
                    && holding.occurrence.tell()) {
                found.add(accuse(decision, holder, holding, fair, idle, position));
            }
        }
        if (!somebodyHoards) {
            pool.decisions++;
            pool.refusals += decision.refused() ? 1 : 0;
        }
    }

    /** What each agent holds and wanted lately. */
    private double[] demands(Pool pool) {
        Map<String, Double> demands = new LinkedHashMap<>();
        pool.holdings.forEach((agent, holding) -> demands.put(agent, holding.amount));
        for (Map.Entry<String, Wish> entry : pool.wishes.entrySet()) {
            Wish wish = entry.getValue();
            if (wish.touchedMilli + WANTED_MILLI > book.watermark()) {
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

    private Finding accuse(Decision decision, String holder, Holding holding, double fair, double idle, long position) {
        long seconds = (book.watermark() - holding.sinceMilli) / 1_000;
        String unused = decision.pool().reportsUse
                ? ", used " + Math.round(100 * (1 - idle)) + " % of the time,"
                : " without a word of using it";
        return holding.occurrence.finding(
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
                        + holding.occurrence.count() + " times.",
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
    }

    @Override
    public void restore(DataInput in) throws IOException {
        book.restore(in);
    }

    @Override
    public int size() {
        return book.size();
    }
}
