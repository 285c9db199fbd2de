package io.skein.standalone.server;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

/** Which {@code skein.*} keys there are, read from the records that take them; a key that nobody takes is a mistake worth stopping for. */
final class KnownKeys {
    private static final String PREFIX = "skein.";
    private static final String ENVIRONMENT_PREFIX = "SKEIN_";
    /** Variables that the launcher and the tests read. */
    private static final List<String> NOT_KEYS =
            List.of("SKEIN_HOME", "SKEIN_JAVA_OPTS", "SKEIN_NO_BUILD", "SKEIN_BROWSER", "SKEIN_DATA", "SKEIN_PORT");
    /** Set by the launcher's own start-up, not by people. */
    private static final List<String> OURS = List.of("skein.logs");

    private final SortedSet<String> keys = new TreeSet<>();
    private final List<String> openPrefixes = new ArrayList<>();

    KnownKeys(Collection<Class<?>> properties) {
        for (Class<?> type : properties) {
            ConfigurationProperties annotation = AnnotationUtils.findAnnotation(type, ConfigurationProperties.class);
            if (annotation != null) {
                collect(annotation.prefix().isEmpty() ? annotation.value() : annotation.prefix(), type);
            }
        }
    }

    /** All records under {@code io.skein} that take configuration. */
    static KnownKeys ofTheClassPath() {
        ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        List<Class<?>> types = new ArrayList<>();
        for (BeanDefinition found : scanner.findCandidateComponents("io.skein")) {
            String name = found.getBeanClassName();
            if (name != null) {
                types.add(ClassUtils.resolveClassName(name, KnownKeys.class.getClassLoader()));
            }
        }
        return new KnownKeys(types);
    }

    SortedSet<String> keys() {
        return keys;
    }

    /**
     * Looks through everything that was configured.
     *
     * @throws StartException naming the first unknown key, where it stands, and what it may have been meant to be
     */
    void check(ConfigurableEnvironment environment) {
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> enumerable) {
                for (String name : enumerable.getPropertyNames()) {
                    check(name, source.getName());
                }
            }
        }
    }

    private void check(String name, String where) {
        if (!knows(name)) {
            throw unknown(name, where, plain(name));
        }
    }

    /** Whether somebody takes this property or environment variable, or it is none of ours. */
    boolean knows(String name) {
        if (name.startsWith(ENVIRONMENT_PREFIX)) {
            String whole = name.replaceFirst("_\\d+(_.*)?$", "");
            return NOT_KEYS.contains(name)
                    || keys.stream()
                            .anyMatch(key -> variable(key).equals(whole)
                                    || spacedVariable(key).equals(whole))
                    || openPrefixes.stream().anyMatch(prefix -> name.startsWith(variable(prefix)));
        }
        if (name.startsWith(PREFIX) && !OURS.contains(name)) {
            String plain = plain(name);
            return keys.contains(plain) || openPrefixes.stream().anyMatch(plain::startsWith);
        }
        return true;
    }

    private static String plain(String name) {
        return name.startsWith(ENVIRONMENT_PREFIX)
                ? name.toLowerCase(Locale.ROOT).replace('_', '.')
                : kebab(name.replaceAll("\\[[^]]*]", ""));
    }

    private StartException unknown(String name, String where, String plain) {
        List<String> near = keys.stream()
                .sorted(Comparator.comparingInt(key -> distance(key.replace("-", "."), plain.replace("-", "."))))
                .limit(3)
                .toList();
        return new StartException("configuration key " + name + " (" + where + ") is not known; near to it: "
                + String.join(", ", near) + "; all of them are in docs/operations.md");
    }

    private void collect(String prefix, Class<?> type) {
        if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                add(prefix + "." + kebab(component.getName()), component.getType(), component.getGenericType());
            }
        } else {
            for (Method method : type.getMethods()) {
                if (method.getName().startsWith("set") && method.getParameterCount() == 1) {
                    String name = method.getName().substring(3);
                    add(
                            prefix + "." + kebab(name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1)),
                            method.getParameterTypes()[0],
                            method.getGenericParameterTypes()[0]);
                }
            }
        }
    }

    private void add(String key, Class<?> type, Type generic) {
        if (Map.class.isAssignableFrom(type)) {
            openPrefixes.add(key + ".");
            keys.add(key);
        } else if (Collection.class.isAssignableFrom(type)) {
            keys.add(key);
            if (generic instanceof ParameterizedType parameterized
                    && parameterized.getActualTypeArguments()[0] instanceof Class<?> element
                    && element.isRecord()) {
                collect(key, element);
            }
        } else if (type.isRecord()) {
            collect(key, type);
        } else {
            keys.add(key);
        }
    }

    private static String variable(String key) {
        return key.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    private static String spacedVariable(String key) {
        return key.replace('-', '_').replace('.', '_').toUpperCase(Locale.ROOT);
    }

    private static String kebab(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    /** Levenshtein. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
