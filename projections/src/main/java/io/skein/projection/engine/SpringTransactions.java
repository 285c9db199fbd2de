package io.skein.projection.engine;

import org.axonframework.common.transaction.Transaction;
import org.axonframework.common.transaction.TransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;

/** The framework's transactions as Spring's, so that token store and projections meet in one. */
final class SpringTransactions implements TransactionManager {
    private final PlatformTransactionManager manager;

    SpringTransactions(PlatformTransactionManager manager) {
        this.manager = manager;
    }

    @Override
    public Transaction startTransaction() {
        TransactionStatus status = manager.getTransaction(new DefaultTransactionDefinition());
        return new Transaction() {
            @Override
            public void commit() {
                if (!status.isCompleted()) {
                    manager.commit(status);
                }
            }

            @Override
            public void rollback() {
                if (!status.isCompleted()) {
                    manager.rollback(status);
                }
            }
        };
    }
}
