package io.skein.command.mirror;

import io.skein.eventlog.LogReader;
import java.time.Duration;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.tokenstore.TokenStore;
import org.axonframework.eventhandling.tokenstore.UnableToClaimTokenException;
import org.axonframework.eventhandling.tokenstore.jdbc.JdbcTokenStore;
import org.axonframework.eventhandling.tokenstore.jdbc.TokenSchema;
import org.axonframework.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionTemplate;

/** Where the mirror stands, and whether this node is the one that mirrors. Each act is a short transaction of its own. */
final class MirrorToken {
    private static final Logger LOG = LoggerFactory.getLogger(MirrorToken.class);
    private static final Duration CLAIM_TIMEOUT = Duration.ofSeconds(10);
    private static final int SEGMENT = 0;

    private final TokenStore tokens;
    private final TransactionTemplate transactions;

    MirrorToken(DataSource dataSource, Serializer serializer) {
        this.transactions = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        this.tokens = JdbcTokenStore.builder()
                .connectionProvider(new TransactionAwareDataSourceProxy(dataSource)::getConnection)
                .serializer(serializer)
                .schema(TokenSchema.builder()
                        .setTokenTable("processor_token")
                        .setProcessorNameColumn("processor")
                        .setSegmentColumn("segment")
                        .setTokenColumn("token")
                        .setTokenTypeColumn("token_type")
                        .setTimestampColumn("timestamp")
                        .setOwnerColumn("owner")
                        .build())
                .contentType(byte[].class)
                .claimTimeout(CLAIM_TIMEOUT)
                .build();
    }

    /**
     * Position of the last event that was acknowledged; 0 where none was.
     *
     * @throws UnableToClaimTokenException while another node mirrors
     */
    long claim() {
        return inTransaction(() -> {
            if (tokens.fetchSegments(Mirror.NAME).length == 0) {
                tokens.initializeTokenSegments(Mirror.NAME, 1, new GlobalSequenceTrackingToken(0));
            }
            return LogReader.positionOf(tokens.fetchToken(Mirror.NAME, SEGMENT));
        });
    }

    /** @throws UnableToClaimTokenException if another node has taken over */
    void store(long position) {
        inTransaction(() -> {
            tokens.storeToken(new GlobalSequenceTrackingToken(position), Mirror.NAME, SEGMENT);
            return position;
        });
    }

    /** @throws UnableToClaimTokenException if another node has taken over */
    void extend() {
        inTransaction(() -> {
            tokens.extendClaim(Mirror.NAME, SEGMENT);
            return SEGMENT;
        });
    }

    void release() {
        try {
            inTransaction(() -> {
                tokens.releaseClaim(Mirror.NAME, SEGMENT);
                return SEGMENT;
            });
        } catch (RuntimeException gone) {
            // The claim runs out by itself.
            LOG.debug("event=mirror_claim_not_released cause={}", gone.toString());
        }
    }

    @SuppressWarnings("NullAway")
    private <T> T inTransaction(Supplier<T> work) {
        return transactions.execute(status -> work.get());
    }
}
