package io.skein.query.evidence;

import io.skein.eventlog.tree.MerkleTree;
import io.skein.eventlog.tree.MissingTileException;
import io.skein.eventlog.tree.StoredTiles;
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
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import io.skein.query.reading.ConsistentReads;
import io.skein.query.reading.Cursor;
import io.skein.query.reading.ProjectionName;
import io.skein.query.reading.QueryAnswers;
import java.sql.Connection;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.axonframework.queryhandling.QueryHandler;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.stereotype.Component;

@Component
final class ProofAnswers implements QueryAnswers {
    private static final String CURSOR = "checkpoints";

    private final ConsistentReads reads;
    private final EvidenceRows rows;
    private final DataSource dataSource;

    ProofAnswers(ConsistentReads reads, EvidenceRows rows, @Qualifier("queryDataSource") DataSource queryDataSource) {
        this.reads = reads;
        this.rows = rows;
        this.dataSource = queryDataSource;
    }

    @QueryHandler
    Answer<Optional<SignedCheckpoint>> answer(FindCheckpoint query) {
        return reads.at(
                ProjectionName.AUDIT,
                position -> new Answer<>(position, rows.newestCheckpoint(query.size() == null ? 0 : query.size())));
    }

    @QueryHandler
    Page<SignedCheckpoint> answer(ListCheckpoints query) {
        @Nullable String cursor = query.cursor();
        @Nullable Long before = cursor == null ? null : Cursor.key(CURSOR, cursor, Long::valueOf);
        return reads.at(
                ProjectionName.AUDIT,
                position -> Cursor.page(
                        position,
                        rows.checkpoints(before, query.limit() + 1),
                        query.limit(),
                        CURSOR,
                        last -> Long.toString(last.position())));
    }

    @QueryHandler
    Answer<List<LogKey>> answer(ListKeys query) {
        return reads.at(ProjectionName.AUDIT, position -> new Answer<>(position, rows.keys()));
    }

    @QueryHandler
    InclusionProof answer(ProveInclusion query) {
        return inTree(query.size(), tree -> {
            long size = tree.size;
            if (query.position() < 1 || query.position() > size) {
                throw invalid(
                        "position", "is " + query.position() + "; expected 1 to " + size + ", the size of the tree");
            }
            long index = query.position() - 1;
            return new InclusionProof(
                    query.position(),
                    index,
                    size,
                    text(tree.tree.leafHash(index)),
                    texts(tree.tree.inclusion(index, size)),
                    text(tree.tree.root(size)));
        });
    }

    @QueryHandler
    ConsistencyProof answer(ProveConsistency query) {
        return inTree(query.to(), tree -> {
            if (query.from() < 0 || query.from() > tree.size) {
                throw invalid("from", "is " + query.from() + "; expected 0 to " + tree.size + ", the size of the tree");
            }
            return new ConsistencyProof(
                    query.from(),
                    tree.size,
                    text(tree.tree.root(query.from())),
                    text(tree.tree.root(tree.size)),
                    texts(tree.tree.consistency(query.from(), tree.size)));
        });
    }

    @QueryHandler
    Completeness answer(FindCompleteness query) {
        return reads.inOneMoment(() -> withTree(tree -> {
            long size = rows.treeSize();
            return new Completeness(
                    size,
                    rows.progress().stream()
                            .map(one -> new Completeness.Statement(
                                    one.name(),
                                    one.position(),
                                    one.position() - one.parked(),
                                    one.parked(),
                                    one.position() > size ? null : text(tree.root(one.position()))))
                            .toList());
        }));
    }

    @QueryHandler
    byte[] answer(FindTile query) {
        return reads.inOneMoment(() -> withTiles(tiles -> {
            try {
                return Arrays.copyOf(
                        tiles.tile(query.level(), query.index(), query.width()),
                        query.width() * io.skein.eventlog.tree.Hashes.SIZE);
            } catch (MissingTileException missing) {
                throw new RefusedException(new Refusal(Reason.NOT_FOUND, "", String.valueOf(missing.getMessage())));
            }
        }));
    }

    private record Sized(MerkleTree tree, long size) {}

    private <T> T inTree(@Nullable Long asked, Function<Sized, T> answer) {
        return reads.inOneMoment(() -> withTree(tree -> {
            long most = rows.treeSize();
            long size = asked == null
                    ? rows.newestCheckpoint(0).map(SignedCheckpoint::treeSize).orElse(most)
                    : asked;
            if (size < 0 || size > most) {
                throw new RefusedException(new Refusal(
                        Reason.NOT_FOUND, "size", "size is " + size + "; the tree has " + most + " events yet"));
            }
            return answer.apply(new Sized(tree, size));
        }));
    }

    private <T> T withTree(Function<MerkleTree, T> answer) {
        return withTiles(tiles -> answer.apply(new MerkleTree(tiles)));
    }

    /** The connection is that of the transaction around it. */
    private <T> T withTiles(Function<StoredTiles, T> answer) {
        Connection connection = DataSourceUtils.getConnection(dataSource);
        try {
            return answer.apply(new StoredTiles(connection));
        } finally {
            DataSourceUtils.releaseConnection(connection, dataSource);
        }
    }

    static String text(byte[] hash) {
        return Base64.getEncoder().encodeToString(hash);
    }

    static List<String> texts(List<byte[]> hashes) {
        return hashes.stream().map(ProofAnswers::text).toList();
    }

    private static RefusedException invalid(String field, String complaint) {
        return new RefusedException(new Refusal(Reason.INVALID, field, field + " " + complaint));
    }
}
