package io.skein.projection;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.skein.projection.engine.Projection;
import io.skein.projection.past.PastSettings;
import io.skein.projection.past.PastViews;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Property 14: replaying from any position gives the same state as having been there: what a past view at p says is what the live tables said at p,
 * and what detectors proposed behind the view's base is what they proposed live, whatever copies were kept and whatever the batches.
 */
class P14TimeMachineProperties {
    private static @Nullable Machine machine;

    /** A log, and the time machine on it as the application runs it. */
    private record Machine(LogFixture log, HikariDataSource dataSource, PastViews views) {}

    private static synchronized Machine machine() {
        Machine known = machine;
        if (known == null) {
            LogFixture log = new LogFixture();
            HikariDataSource pool = new Projections()
                    .projectionDataSource(new ProjectionsSettings(
                            new ProjectionsSettings.Database(log.database.url(), "postgres", "", 20), 100, 2, 7));
            Driver driver = new Driver(log);
            PastViews views =
                    new PastViews(() -> driver.all(7), driver.sandbox(pool), pool, new PastSettings(10, 3, 4, 2));
            views.start();
            known = new Machine(log, pool, views);
            machine = known;
        }
        return known;
    }

    @AfterContainer
    static void stop() {
        Machine known = machine;
        if (known != null) {
            known.views().close();
            known.dataSource().close();
        }
        machine = null;
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void a_view_of_the_past_says_what_the_tables_said_then(
            @ForAll Random random,
            @ForAll @IntRange(min = 1, max = 90) int length,
            @ForAll @IntRange(min = 1, max = 30) int batchSize)
            throws SQLException {
        Machine on = machine();
        LogFixture log = on.log();
        log.startAnew();
        log.append(RandomEvents.of(random, length));
        Driver driver = new Driver(log);
        List<Projection> all = driver.all(7);
        for (Projection known : all) {
            // What was kept of the try before is of another log.
            log.execute("insert into projection_generation as g (name, generation) values ('" + known.name()
                    + "', 1) on conflict (name) do update set generation = g.generation + 1");
        }
        Projection projection = all.get(random.nextInt(all.size()));
        TreeSet<Long> stops = new TreeSet<>(List.of((long) length));
        for (int i = 0; i < 3; i++) {
            stops.add((long) random.nextInt(length + 1));
        }
        Map<Long, List<String>> said = new LinkedHashMap<>();
        long at = 0;
        for (long stop : stops) {
            driver.run(projection, at, stop, batchSize, random);
            at = stop;
            said.put(stop, tables(log, "public", projection));
            if (random.nextBoolean()) {
                on.views().keepDue();
            }
        }
        List<Long> asked = stops.stream().filter(stop -> stop < length).toList();
        for (long position : asked) {
            log.execute("insert into past_request (projection, position) values ('" + projection.name() + "', "
                    + position + "); select pg_notify('skein_past', '')");
        }
        for (long position : asked) {
            String view =
                    "from past_view v join projection_generation g on g.name = v.projection and g.generation = v.generation"
                            + " where v.projection = '" + projection.name() + "' and v.position = " + position;
            RunningProjections.await(
                    projection.name() + " as of " + position,
                    () -> exists(on.dataSource(), "select 1 " + view + " and state = 'ready'"));
            String schema = log.rows("select 'past_' || view_id " + view).getFirst();
            String base = log.rows("select base " + view).getFirst();
            assertThat(tables(log, schema, projection))
                    .as("%s as of %s of %s, from %s", projection.name(), position, length, base)
                    .isEqualTo(said.get(position));
            if (!projection.onlyGrows()) {
                assertThat(proposed(log, schema, base, position)).isEqualTo(proposed(log, "public", base, position));
            }
        }
    }

    private static boolean exists(HikariDataSource dataSource, String sql) {
        return !JdbcClient.create(dataSource)
                .sql(sql)
                .query((row, number) -> row.getInt(1))
                .list()
                .isEmpty();
    }

    private static List<String> tables(LogFixture log, String schema, Projection projection) {
        return projection.tables().stream()
                .flatMap(table -> log.rows("select * from " + schema + "." + table).stream()
                        .sorted())
                .toList();
    }

    private static List<String> proposed(LogFixture log, String schema, String after, long upTo) {
        return log.rows("select proposal_id, network_id, type, payload, position from " + schema
                + ".proposed_command where position > " + after + " and position <= " + upTo + " order by 1");
    }
}
