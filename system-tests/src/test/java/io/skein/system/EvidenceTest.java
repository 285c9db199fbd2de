package io.skein.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.eventlog.tree.EvidenceFolder;
import io.skein.eventlog.tree.Proofs;
import io.skein.verify.Verify;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What an auditor takes away is right with the server off, and whatever a superuser of the database does to the log is noticed and named. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EvidenceTest {
    private static final int MESSAGES = 700;
    private static final long SEED = 20261123;

    @TempDir
    static Path folder;

    private static RunningSkein skein;
    private static long signed;

    /** Exit code and last line of the verifier. */
    private record Verdict(int code, String lastLine) {}

    @BeforeAll
    static void a_log_is_recorded_and_signed() throws Exception {
        skein = RunningSkein.on(
                folder.resolve("data"),
                Map.of(
                        "skein.checkpoints.interval", "300ms",
                        "skein.self-check.events-per-second", "1000000",
                        "skein.self-check.pause", "200ms"));
        StringBuilder messages = new StringBuilder();
        for (int i = 1; i <= MESSAGES; i++) {
            messages.append(
                    "{\"messageId\":\"m-%d\",\"agentId\":\"agent-%d\",\"targetAgents\":[\"agent-%d\"],\"type\":\"broadcast\",\"timestamp\":\"2026-11-23T10:15:30Z\",\"conversationId\":\"c-%d\",\"content\":{\"täxt\":\"%d \\\\u20ac\"}}\n"
                            .formatted(i, i % 7, (i + 1) % 7, i % 5, i));
        }
        assertThat(skein.post("/v1/messages", "application/x-ndjson", messages.toString())
                        .statusCode())
                .isEqualTo(200);
        signed = awaitCheckpoint(MESSAGES);
    }

    @AfterAll
    static void stop() {
        skein.close();
    }

    private static long awaitCheckpoint(long covering) throws Exception {
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (System.nanoTime() < deadline) {
            JsonNode items = skein.get("/v1/audit/checkpoints?limit=1").path("items");
            if (!items.isEmpty() && items.get(0).path("treeSize").asLong() >= covering) {
                return items.get(0).path("treeSize").asLong();
            }
            Thread.sleep(50);
        }
        throw new AssertionError("no checkpoint over " + covering + " events within 30 s");
    }

    private static Path export(String query) throws IOException, InterruptedException {
        Path file = Files.createTempFile(folder, "export-", ".zip");
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<Path> answer = http.send(
                    HttpRequest.newBuilder(skein.at("/v1/audit/export?" + query))
                            .build(),
                    HttpResponse.BodyHandlers.ofFile(file));
            assertThat(answer.statusCode()).as(query).isEqualTo(200);
        }
        return file;
    }

    private static Verdict verify(Path bundle, String... more) {
        List<String> arguments = new ArrayList<>(List.of(bundle.toString()));
        arguments.addAll(List.of(more));
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        int code = Verify.run(arguments, new PrintStream(told, true, StandardCharsets.UTF_8));
        return new Verdict(
                code, told.toString(StandardCharsets.UTF_8).lines().toList().getLast());
    }

    private static String evidence(String file) {
        return folder.resolve("data/evidence").resolve(file).toString();
    }

    /** Keys and checkpoints as somebody kept them; what the newest of them covers can be exported by then. */
    private static String[] trusted() throws Exception {
        Path kept = folder.resolve("kept");
        Files.copy(
                Path.of(evidence(EvidenceFolder.CHECKPOINTS)), kept, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        List<String> newest = new ArrayList<>();
        new EvidenceFolder(folder.resolve("data/evidence")).checkpoints(newest::add);
        awaitCheckpoint(Long.parseLong(newest.getLast().split("\n")[1]));
        return new String[] {"--key", evidence(EvidenceFolder.PUBLIC), "--checkpoint", kept.toString()};
    }

    @Test
    @Order(1)
    void an_export_of_everything_is_right_offline_and_against_kept_checkpoints() throws Exception {
        Path all = export("to=" + signed);
        assertThat(verify(all)).extracting(Verdict::code).isEqualTo(Verify.RIGHT);
        String[] kept = trusted();
        assertThat(verify(export(""), kept)).extracting(Verdict::code).isEqualTo(Verify.RIGHT);
        awaitCheckpoint(signed + 1);
        Path middle = export("from=100&to=612");
        assertThat(verify(middle)).extracting(Verdict::code).isEqualTo(Verify.RIGHT);
        assertThat(verify(export("from=513&to=513"))).extracting(Verdict::code).isEqualTo(Verify.RIGHT);
        // A stretch alone cannot be compared with what was kept, unless the proof is asked for.
        assertThat(verify(middle, "--key", kept[1], "--checkpoint", one(signed)))
                .extracting(Verdict::code)
                .isEqualTo(Verify.UNUSABLE);
        assertThat(verify(export("from=100&to=612&since=" + signed), "--key", kept[1], "--checkpoint", one(signed)))
                .extracting(Verdict::code)
                .isEqualTo(Verify.RIGHT);
    }

    /** A file with the checkpoint over exactly so many events. */
    private static String one(long size) throws IOException {
        List<String> notes = new ArrayList<>();
        new EvidenceFolder(folder.resolve("data/evidence")).checkpoints(note -> {
            if (note.contains("\n" + size + "\n")) {
                notes.add(note);
            }
        });
        Path file = Files.createTempFile(folder, "one-", "");
        return Files.writeString(file, notes.getFirst()).toString();
    }

    @Test
    @Order(2)
    void an_export_that_answers_a_question_proves_each_event_it_gives() throws Exception {
        Path chosen = export("network=default&agent=agent-3&conversation=c-2");
        assertThat(verify(chosen, trusted()[0], trusted()[1]))
                .extracting(Verdict::code)
                .isEqualTo(Verify.RIGHT);
        assertThat(content(chosen, "events.jsonl").lines().count()).isEqualTo(20);
        assertThat(content(chosen, "custody.html")).contains("agent-3", "java -jar skein-verifier.jar");
    }

    @Test
    @Order(3)
    void lines_and_tables_give_every_event_once() throws Exception {
        assertThat(Files.readString(export("format=jsonl&to=" + signed)).lines().count())
                .isEqualTo(signed);
        assertThat(Files.readString(export("format=csv&type=MessageRecorded")))
                .startsWith("position,eventId,recordedAt")
                .contains("täxt");
    }

    @Test
    @Order(4)
    void proofs_over_rest_lead_to_the_signed_root() throws Exception {
        Random random = new Random(SEED);
        for (int i = 0; i < 20; i++) {
            long position = 1 + random.nextLong(signed);
            JsonNode proof = skein.get("/v1/audit/proof/inclusion?position=" + position + "&size=" + signed);
            assertThat(Proofs.includes(
                            hash(proof.path("leafHash")),
                            position - 1,
                            signed,
                            hashes(proof.path("path")),
                            hash(proof.path("rootHash"))))
                    .isTrue();
            JsonNode consistency = skein.get("/v1/audit/proof/consistency?from=" + position + "&to=" + signed);
            assertThat(Proofs.isBeginning(
                            position,
                            hash(consistency.path("fromRootHash")),
                            signed,
                            hash(proof.path("rootHash")),
                            hashes(consistency.path("path"))))
                    .isTrue();
        }
        skein.awaitCaughtUp();
        assertThat(skein.get("/v1/audit/completeness").path("items")).anySatisfy(item -> {
            assertThat(item.path("name").asString()).isEqualTo("audit");
            assertThat(item.path("rootHash").asString()).hasSize(44);
        });
        assertThat(skein.get("/v1/audit/keys")).hasSize(1);
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> note = http.send(
                    HttpRequest.newBuilder(skein.at("/v1/audit/checkpoint?size=" + signed))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(io.skein.eventlog.tree.SignedNote.parse(note.body())
                            .signedBy(new EvidenceFolder(folder.resolve("data/evidence")).publicKeys()))
                    .isPresent();
            HttpResponse<byte[]> tile = http.send(
                    HttpRequest.newBuilder(skein.at("/v1/audit/tile/0/001.p/7")).build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            assertThat(tile.body()).hasSize(7 * 32);
            assertThat(tile.body())
                    .startsWith(hash(skein.get("/v1/audit/proof/inclusion?position=257&size=" + signed)
                            .path("leafHash")));
        }
    }

    @Test
    @Order(5)
    void who_read_and_who_exported_is_in_the_trail() throws Exception {
        skein.get("/v1/audit?limit=3&agent=agent-1");
        export("format=jsonl&from=5&to=9");
        long deadline = System.nanoTime() + 20_000_000_000L;
        List<String> told = List.of();
        while (System.nanoTime() < deadline
                && told.stream().noneMatch(summary -> summary.contains("export and was given 5 items"))) {
            Thread.sleep(100);
            List<JsonNode> entries = new ArrayList<>(skein.all("/v1/audit?type=AuditAccessed&order=newest"));
            entries.addAll(skein.all("/v1/audit?scope=log&type=AuditAccessed&order=newest"));
            told = entries.stream()
                    .map(entry -> entry.path("summary").asString(""))
                    .toList();
        }
        assertThat(told)
                .anySatisfy(summary -> assertThat(summary).contains("operator asked audit.list and was given 3 items"))
                .anySatisfy(summary -> assertThat(summary).contains("operator asked export and was given 5 items"));
    }

    private interface Change {
        void make(Statement database, long position) throws SQLException;
    }

    @Test
    @Order(6)
    void whatever_a_superuser_changes_in_the_log_the_verifier_names() throws Exception {
        Random random = new Random(SEED);
        for (Map.Entry<String, Change> change : changes().entrySet()) {
            long position = 2 + random.nextLong(signed - 3);
            String[] kept = trusted();
            Verdict verdict;
            try (Connection database = superuser();
                    Statement statement = database.createStatement()) {
                statement.execute("set session_replication_role = replica");
                database.setAutoCommit(false);
                statement.execute("drop table if exists kept_log, kept_tile, kept_checkpoint, kept_key, kept_progress");
                keep(statement);
                try {
                    change.getValue().make(statement, position);
                    database.commit();
                    verdict = verify(export("to=" + (signed - 1)), kept);
                } finally {
                    giveBack(statement);
                    database.commit();
                }
            }
            assertThat(verdict.code()).as(change.getKey() + ": " + verdict).isEqualTo(Verify.WRONG);
            assertThat(verdict.lastLine())
                    .as(change.getKey())
                    .containsAnyOf(
                            "position " + position + ":",
                            "at " + position + " at the latest",
                            change.getKey().startsWith("checkpoint")
                                            || change.getKey().startsWith("key")
                                    ? "no signature on"
                                    : "position " + position + ":");
        }
        Verdict again = verify(export(""), trusted());
        assertThat(again.code()).as(again.toString()).isEqualTo(Verify.RIGHT);
    }

    private static Map<String, Change> changes() {
        Map<String, Change> changes = new java.util.LinkedHashMap<>();
        changes.put(
                "payload changed",
                (database, position) -> database.execute(
                        "update event_log set payload = set_byte(payload, 20, get_byte(payload, 20) # 1) where position = "
                                + position));
        changes.put(
                "time changed",
                (database, position) -> database.execute(
                        "update event_log set recorded_at = recorded_at + interval '1 microsecond' where position = "
                                + position));
        changes.put(
                "metadata changed",
                (database, position) -> database.execute(
                        "update event_log set metadata = '\\x7b2278223a317d' where position = " + position));
        changes.put(
                "deleted",
                (database, position) -> database.execute("delete from event_log where position = " + position));
        changes.put("swapped", (database, position) -> {
            database.execute("update event_log set position = 999999999 where position = " + position);
            database.execute("update event_log set position = " + position + " where position = " + (position + 1));
            database.execute("update event_log set position = " + (position + 1) + " where position = 999999999");
        });
        changes.put("event and tile changed", (database, position) -> {
            database.execute("update event_log set sequence = sequence + 1000 where position = " + position);
            database.execute("update tree_tile set hashes = overlay(hashes placing sha256('x') from "
                    + ((position - 1) % 256 * 32 + 1) + " for 32) where level = 0 and tile = " + (position - 1) / 256);
        });
        changes.put(
                "checkpoint changed",
                (database, position) -> database.execute(
                        "update audit_checkpoint set note = replace(note, E'\\n' || tree_size || E'\\n', E'\\n' || tree_size || E'0\\n')"));
        changes.put("key exchanged", (database, position) -> {
            String stranger = io.skein.eventlog.tree.SigningKey.generate("skein.log/x")
                    .verifier()
                    .text();
            database.execute("update audit_key set public_key = '" + stranger + "', key_id = '"
                    + stranger.split("\\+")[1] + "'");
            database.execute("update audit_checkpoint set note = replace(note, '— ', '— x')");
        });
        return changes;
    }

    private static void keep(Statement statement) throws SQLException {
        statement.execute("create table kept_log as select * from event_log");
        statement.execute("create table kept_tile as select * from tree_tile where level = 0");
        statement.execute("create table kept_checkpoint as select * from audit_checkpoint");
        statement.execute("create table kept_key as select * from audit_key");
    }

    private static void giveBack(Statement statement) throws SQLException {
        statement.execute("delete from event_log e using kept_log k where e.event_id = k.event_id");
        statement.execute("insert into event_log select * from kept_log");
        statement.execute(
                "update tree_tile t set hashes = overlay(t.hashes placing k.hashes from 1) from kept_tile k where t.level = k.level and t.tile = k.tile");
        statement.execute(
                "update audit_checkpoint c set note = k.note from kept_checkpoint k where c.position = k.position");
        // One that was signed meanwhile was changed with the others.
        statement.execute(
                "delete from audit_checkpoint c where not exists (select 1 from kept_checkpoint k where k.position = c.position)");
        statement.execute(
                "update audit_key c set public_key = k.public_key, key_id = k.key_id from kept_key k where c.position = k.position");
    }

    private static Connection superuser() throws SQLException {
        return DriverManager.getConnection(skein.server.database(), "postgres", "");
    }

    @Test
    @Order(7)
    void a_bundle_with_any_byte_changed_is_never_called_right() throws Exception {
        Path bundle = unpacked(export("to=" + signed));
        String[] kept = {"--key", evidence(EvidenceFolder.PUBLIC)};
        assertThat(verify(bundle, kept)).extracting(Verdict::code).isEqualTo(Verify.RIGHT);
        List<Path> files;
        try (Stream<Path> list = Files.list(bundle)) {
            files = list.filter(file -> !file.endsWith("manifest.json"))
                    .sorted()
                    .toList();
        }
        Random random = new Random(SEED);
        for (int i = 0; i < 120; i++) {
            Path file = files.get(random.nextInt(files.size()));
            byte[] bytes = Files.readAllBytes(file);
            byte[] changed = bytes.clone();
            int at = random.nextInt(bytes.length);
            changed[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, changed);
            assertThat(verify(bundle, kept).code()).as(file + " byte " + at).isNotEqualTo(Verify.RIGHT);
            Files.write(file, bytes);
        }
        String events = Files.readString(bundle.resolve("events.jsonl"));
        List<String> lines = events.lines().toList();
        for (int i = 0; i < 10; i++) {
            int at = random.nextInt(lines.size() - 2);
            List<String> without = new ArrayList<>(lines);
            without.remove(at);
            Files.write(bundle.resolve("events.jsonl"), without);
            assertThat(verify(bundle, kept).lastLine()).contains("position " + (at + 1) + ": the event is missing");
        }
    }

    private static Path unpacked(Path zip) throws IOException {
        Path target = Files.createTempDirectory(folder, "bundle-");
        try (ZipFile file = new ZipFile(zip.toFile())) {
            for (ZipEntry entry : file.stream().toList()) {
                try (InputStream in = file.getInputStream(entry)) {
                    Files.copy(in, target.resolve(entry.getName()));
                }
            }
        }
        return target;
    }

    private static String content(Path zip, String name) throws IOException {
        try (ZipFile file = new ZipFile(zip.toFile());
                InputStream in = file.getInputStream(file.getEntry(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    @Order(8)
    void a_new_key_is_vouched_for_by_the_one_before() throws Exception {
        EvidenceFolder keys = new EvidenceFolder(folder.resolve("data/evidence"));
        String first = keys.publicKeys().getFirst().text();
        String next = keys.rotate().current().verifier().id();
        assertThat(skein.post(
                                "/v1/messages",
                                "application/json",
                                "{\"messageId\":\"m-late\",\"agentId\":\"agent-1\",\"type\":\"broadcast\",\"timestamp\":\"2026-11-23T10:15:30Z\"}")
                        .statusCode())
                .isEqualTo(200);
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!skein.get("/v1/audit/checkpoints?limit=1")
                .path("items")
                .get(0)
                .path("keyId")
                .asString()
                .equals(next)) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(100);
        }
        assertThat(verify(export(""), "--key", first)).extracting(Verdict::code).isEqualTo(Verify.RIGHT);
        assertThat(verify(
                        export(""),
                        "--key",
                        io.skein.eventlog.tree.SigningKey.generate("skein.log/x")
                                .verifier()
                                .text()))
                .extracting(Verdict::code)
                .isEqualTo(Verify.WRONG);
    }

    private static byte[] hash(JsonNode text) {
        return Base64.getDecoder().decode(text.asString());
    }

    private static List<byte[]> hashes(JsonNode list) {
        List<byte[]> hashes = new ArrayList<>();
        list.forEach(item -> hashes.add(hash(item)));
        return hashes;
    }
}
