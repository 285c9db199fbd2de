package io.skein.standalone;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line that the launcher starts. */
@Command(
        name = "skein",
        description = "The flight recorder and the immune system of a fleet of AI agents.",
        mixinStandardHelpOptions = true,
        version = "Skein 0.1.0-SNAPSHOT",
        subcommands = {
            RunCommand.class,
            ImportCommand.class,
            StatusCommand.class,
            HistoryCommand.class,
            ProjectionsCommand.class,
            ReplayCommand.class,
            WhatIfCommand.class,
            ExportCommand.class,
            VerifyCommand.class,
            RotateKeyCommand.class,
            PolicyCommand.class,
            CommandLine.HelpCommand.class
        })
public final class SkeinCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything else
    private CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new SkeinCommand());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpWidth(110);
        line.setParameterExceptionHandler((wrong, given) -> {
            CommandLine where = wrong.getCommandLine();
            where.getErr().println("skein: " + wrong.getMessage());
            CommandLine.UnmatchedArgumentException.printSuggestions(wrong, where.getErr());
            where.getErr()
                    .println("Try: ./skein help" + (where.getParent() == null ? "" : " " + where.getCommandName()));
            return ExitCodes.USAGE;
        });
        line.setExecutionExceptionHandler((failure, where, given) -> ExitCodes.report(failure, where.getErr()));
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
