package io.skein.command;

import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;

/** Everything of the command side; to be imported into one application, alone or beside the other sides. */
@Configuration(value = "commandSide", proxyBeanMethods = false)
@ComponentScan(
        basePackageClasses = CommandSide.class,
        excludeFilters =
                @ComponentScan.Filter(
                        type = org.springframework.context.annotation.FilterType.ASSIGNABLE_TYPE,
                        classes = CommandSideApplication.class))
public class CommandSide {}
