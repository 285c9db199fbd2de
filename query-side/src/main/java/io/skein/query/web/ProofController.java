package io.skein.query.web;

import io.skein.kernel.audit.Completeness;
import io.skein.kernel.audit.ConsistencyProof;
import io.skein.kernel.audit.InclusionProof;
import io.skein.kernel.audit.LogKey;
import io.skein.kernel.audit.ProofQuery.FindCheckpoint;
import io.skein.kernel.audit.ProofQuery.FindCompleteness;
import io.skein.kernel.audit.ProofQuery.FindTile;
import io.skein.kernel.audit.ProofQuery.ListCheckpoints;
import io.skein.kernel.audit.ProofQuery.ListKeys;
import io.skein.kernel.audit.ProofQuery.ProveConsistency;
import io.skein.kernel.audit.ProofQuery.ProveInclusion;
import io.skein.kernel.audit.SignedCheckpoint;
import io.skein.kernel.page.Answer;
import io.skein.kernel.page.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What proves the log. None of it tells content, so none of it is written down as an access. */
@RestController
@Tag(name = "Audit")
class ProofController {
    private static final Pattern TILE = Pattern.compile("((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\\.p/([0-9]{1,3}))?");
    private static final int MOST_LEVELS = 7;

    private final Ask ask;

    ProofController(Ask ask) {
        this.ask = ask;
    }

    @GetMapping("/v1/audit/checkpoint")
    @Operation(
            summary =
                    "The newest checkpoint, or the newest over at least so many events, as a signed note (C2SP tlog-checkpoint)")
    ResponseEntity<String> checkpoint(@RequestParam(required = false) @Nullable Long size) {
        Answer<Optional<SignedCheckpoint>> found = ask.of(new FindCheckpoint(size), Answer.class);
        SignedCheckpoint checkpoint = found.value()
                .orElseThrow(() -> Asked.notFound(
                        "",
                        size == null
                                ? "no checkpoint was signed yet"
                                : "no checkpoint covers " + size + " events yet"));
        return ResponseEntity.ok()
                .contentType(new MediaType("text", "plain", java.nio.charset.StandardCharsets.UTF_8))
                .header(Asked.POSITION_HEADER, Long.toString(checkpoint.treeSize()))
                .body(checkpoint.note());
    }

    @GetMapping("/v1/audit/checkpoints")
    @Operation(summary = "All checkpoints, newest first")
    Page<SignedCheckpoint> checkpoints(
            @RequestParam(required = false) @Nullable String cursor, @RequestParam(defaultValue = "100") int limit) {
        return ask.of(new ListCheckpoints(cursor, Asked.limit(limit)), Page.class);
    }

    @GetMapping("/v1/audit/keys")
    @Operation(summary = "The keys that checkpoints were and are signed with, oldest first")
    ResponseEntity<List<LogKey>> keys() {
        Answer<List<LogKey>> answer = ask.of(new ListKeys(), Answer.class);
        return Asked.at(answer.position(), answer.value());
    }

    @GetMapping("/v1/audit/proof/inclusion")
    @Operation(summary = "That the event at a position is in the tree of the first so many events (RFC 6962)")
    InclusionProof inclusion(@RequestParam long position, @RequestParam(required = false) @Nullable Long size) {
        return ask.of(new ProveInclusion(position, size), InclusionProof.class);
    }

    @GetMapping("/v1/audit/proof/consistency")
    @Operation(summary = "That a smaller tree is the beginning of a larger one (RFC 6962)")
    ConsistencyProof consistency(@RequestParam long from, @RequestParam(required = false) @Nullable Long to) {
        return ask.of(new ProveConsistency(from, to), ConsistencyProof.class);
    }

    @GetMapping("/v1/audit/completeness")
    @Operation(summary = "What each projection has taken in, and the root over exactly that")
    Completeness completeness() {
        return ask.of(new FindCompleteness(), Completeness.class);
    }

    @GetMapping("/v1/audit/tile/{level}/{*index}")
    @Operation(
            summary =
                    "Hashes of a tile (C2SP tlog-tiles: level, then the index in groups of three digits, with .p/width where it is not full)")
    ResponseEntity<byte[]> tile(@PathVariable int level, @PathVariable String index) {
        Matcher path = TILE.matcher(index.startsWith("/") ? index.substring(1) : index);
        if (level < 0 || level >= MOST_LEVELS || !path.matches()) {
            throw Asked.invalid("index", "is no place of a tile; expected level/x001/067 or level/x001/067.p/12");
        }
        long number = Long.parseLong(path.group(1).replace("x", "").replace("/", ""));
        int width = path.group(2) == null ? 256 : Integer.parseInt(path.group(2));
        if (width < 1 || width > 256) {
            throw Asked.invalid("index", "has width " + width + "; expected 1 to 256");
        }
        byte[] hashes = ask.of(new FindTile(level, number, width), byte[].class);
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .body(hashes);
    }
}
