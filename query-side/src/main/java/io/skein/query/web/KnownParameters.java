package io.skein.query.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Refuses a query parameter that a call of this package does not know: a filter that is misspelt must not silently filter nothing. */
final class KnownParameters implements HandlerInterceptor {
    private final Map<Method, SortedSet<String>> known = new ConcurrentHashMap<>();

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod call
                && call.getBeanType().getPackageName().equals(KnownParameters.class.getPackageName())) {
            SortedSet<String> names = known.computeIfAbsent(call.getMethod(), KnownParameters::namesOf);
            request.getParameterMap().forEach((name, values) -> {
                if (!names.contains(name)) {
                    throw Asked.invalid(
                            name,
                            "is no parameter of this call; expected "
                                    + (names.isEmpty() ? "none" : "any of " + String.join(", ", names)));
                }
                if (values.length > 1) {
                    throw Asked.invalid(name, "is given " + values.length + " times; expected once");
                }
            });
        }
        return true;
    }

    private static SortedSet<String> namesOf(Method method) {
        SortedSet<String> names = new TreeSet<>();
        Arrays.stream(method.getParameters())
                .filter(parameter -> parameter.isAnnotationPresent(RequestParam.class))
                .forEach(parameter -> names.add(parameter.getName()));
        if (method.isAnnotationPresent(GetMapping.class) && !method.isAnnotationPresent(OnlyNow.class)) {
            names.add(Ask.AT);
        }
        return names;
    }
}
