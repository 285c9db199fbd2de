package io.skein.command.policy;

import io.skein.command.bus.Commands;
import io.skein.eventlog.LogUnavailableException;
import io.skein.kernel.id.UserId;
import io.skein.kernel.policy.ChangePolicy;
import io.skein.kernel.policy.PolicyChanged;
import io.skein.kernel.policy.PolicyKey;
import io.skein.kernel.policy.PolicyRules;
import java.time.Duration;
import java.util.List;
import org.axonframework.modelling.command.ConcurrencyException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Makes the configured rules a fact, once for each time that the configuration changes. Waits for the log if it is away. */
final class ConfiguredPolicy implements SmartLifecycle {
    /** In whose name configuration changes the policy. */
    static final UserId CONFIGURATION = new UserId("configuration");

    private static final Logger LOG = LoggerFactory.getLogger(ConfiguredPolicy.class);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final PolicyRules configured;
    private final PolicyLog log;
    private final Commands commands;
    private volatile @Nullable Thread thread;
    private volatile boolean running;

    ConfiguredPolicy(PolicyRules configured, PolicyLog log, Commands commands) {
        this.configured = configured;
        this.log = log;
        this.commands = commands;
    }

    @Override
    public void start() {
        running = true;
        if (!declared()) {
            thread =
                    Thread.ofPlatform().daemon().name("skein-configured-policy").start(this::keepTrying);
        }
    }

    private void keepTrying() {
        try {
            while (running && !declared()) {
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the log has it. */
    private boolean declared() {
        try {
            List<PolicyChanged> changes = log.changes(PolicyKey.COMMON);
            PolicyRules before = changes.stream()
                    .filter(change -> change.by().equals(CONFIGURATION))
                    .reduce((first, second) -> second)
                    .map(PolicyChanged::rules)
                    .orElse(PolicyRules.BUILT_IN);
            if (!before.equals(configured)) {
                commands.send(new ChangePolicy(
                        PolicyKey.COMMON,
                        configured,
                        changes.isEmpty() ? 0L : changes.getLast().version(),
                        "The configuration (skein.policy.*) is another one.",
                        CONFIGURATION));
                LOG.info("event=policy_configured rules=changed");
            }
            return true;
        } catch (LogUnavailableException | ConcurrencyException away) {
            LOG.warn("event=policy_not_configured_yet action=retrying cause={}", away.toString());
            return false;
        }
    }

    @Override
    public void stop() {
        running = false;
        Thread trying = thread;
        if (trying != null) {
            trying.interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
