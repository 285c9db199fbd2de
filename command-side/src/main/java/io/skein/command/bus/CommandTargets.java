package io.skein.command.bus;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import org.axonframework.commandhandling.CommandMessage;
import org.axonframework.modelling.command.CommandTargetResolver;
import org.axonframework.modelling.command.TargetAggregateIdentifier;
import org.axonframework.modelling.command.VersionedAggregateIdentifier;

/**
 * Finds the aggregate that a command is for: the component marked with {@link TargetAggregateIdentifier}. The framework's own way looks through all methods
 * and annotations of the command's class each time. Commands of the language name no version.
 */
final class CommandTargets implements CommandTargetResolver {
    private static final ClassValue<MethodHandle> TARGETS = new ClassValue<>() {
        @Override
        protected MethodHandle computeValue(Class<?> command) {
            return target(command);
        }
    };

    @Override
    public VersionedAggregateIdentifier resolveTarget(CommandMessage<?> command) {
        Object payload = command.getPayload();
        return new VersionedAggregateIdentifier(target(payload), null);
    }

    private static Object target(Object payload) {
        try {
            return TARGETS.get(payload.getClass()).invoke(payload);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException(payload.getClass().getName() + " does not name its target", failure);
        }
    }

    private static MethodHandle target(Class<?> command) {
        for (Method method : command.getMethods()) {
            if (method.isAnnotationPresent(TargetAggregateIdentifier.class)) {
                try {
                    return MethodHandles.publicLookup().unreflect(method);
                } catch (IllegalAccessException hidden) {
                    throw new IllegalArgumentException("command " + command.getName() + " hides its target", hidden);
                }
            }
        }
        throw new IllegalArgumentException("command " + command.getName()
                + " names no target; expected a component or method marked @TargetAggregateIdentifier");
    }
}
