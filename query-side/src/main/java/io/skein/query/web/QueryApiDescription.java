package io.skein.query.web;

import com.fasterxml.jackson.databind.JavaType;
import io.skein.eventlog.KernelJson;
import io.skein.kernel.id.Id;
import io.skein.kernel.id.Ids;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.util.Json;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import java.util.Arrays;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;

/** The machine-readable description says of ids and enumerated words what the JSON does. */
@Configuration(proxyBeanMethods = false)
class QueryApiDescription {

    @Bean
    OpenApiCustomizer queryApiTitle() {
        return (OpenAPI api) -> {
            api.setInfo(new Info()
                    .title("Skein")
                    .version("v1")
                    .description("The flight recorder and the immune system of a fleet of AI agents"));
            // Where the description was fetched from is where the calls go.
            api.setServers(java.util.List.of(new io.swagger.v3.oas.models.servers.Server().url("/")));
        };
    }

    /** Every call that has a past takes {@code at}. */
    @Bean
    OperationCustomizer queryAsOf() {
        return (operation, call) -> {
            if (call.getBeanType().getPackageName().equals(Ask.class.getPackageName())
                    && call.hasMethodAnnotation(GetMapping.class)
                    && !call.hasMethodAnnotation(OnlyNow.class)) {
                operation.addParametersItem(new Parameter()
                        .in("query")
                        .name(Ask.AT)
                        .required(false)
                        .schema(new StringSchema())
                        .description("as of this position or instant; now where absent"));
            }
            return operation;
        };
    }

    @Bean
    ModelConverter queryKernelWords() {
        return new KernelWords();
    }

    private static final class KernelWords implements ModelConverter {
        @Override
        public @Nullable Schema<?> resolve(
                AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> chain) {
            @Nullable JavaType java = Json.mapper().constructType(type.getType());
            if (java != null && Id.class.isAssignableFrom(java.getRawClass())) {
                return new StringSchema().minLength(1).maxLength(Ids.MAX_CHARACTERS);
            }
            if (java != null
                    && java.isEnumType()
                    && java.getRawClass().getPackageName().startsWith("io.skein")) {
                StringSchema words = new StringSchema();
                Arrays.stream(java.getRawClass().getEnumConstants())
                        .forEach(constant -> words.addEnumItem(KernelJson.word((Enum<?>) constant)));
                return words;
            }
            return chain.hasNext() ? chain.next().resolve(type, context, chain) : null;
        }
    }
}
