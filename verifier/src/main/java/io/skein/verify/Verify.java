package io.skein.verify;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The program: {@code java -jar skein-verifier.jar BUNDLE [--key KEY-OR-FILE]… [--checkpoint FILE]…}. */
public final class Verify {
    /** The bundle is what was signed. */
    public static final int RIGHT = 0;

    /** Something is not what was signed; the last line names the first such thing. */
    public static final int WRONG = 1;

    /** It cannot be checked: no bundle, or not enough given. */
    public static final int UNUSABLE = 2;

    private static final String USAGE = """
            Checks a bundle that Skein exported, without server, database or network.

              java -jar skein-verifier.jar BUNDLE [--key KEY-OR-FILE]... [--checkpoint FILE]...

              BUNDLE        the zip, or a folder with its files
              --key         a public key of the log (name+id+base64) that you know by another way, or a file with such keys
              --checkpoint  a file with one or more earlier checkpoints of the log that you kept

            Exit code 0: all is what was signed. 1: something is not; the last line names the first such thing. 2: it could not be checked.
            """;

    private Verify() {}

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.exit(run(List.of(arguments), out));
    }

    /** Runs the program and tells what it found. */
    public static int run(List<String> arguments, PrintStream out) {
        List<String> bundles = new ArrayList<>();
        try {
            List<Key> keys = new ArrayList<>();
            List<Note> earlier = new ArrayList<>();
            for (int i = 0; i < arguments.size(); i++) {
                String argument = arguments.get(i);
                if (argument.equals("--key") && i + 1 < arguments.size()) {
                    keys.addAll(keys(arguments.get(++i)));
                } else if (argument.equals("--checkpoint") && i + 1 < arguments.size()) {
                    List<Note> notes = Note.parseAll(Files.readString(Path.of(arguments.get(++i))));
                    if (notes.isEmpty()) {
                        throw new BrokenException("file " + arguments.get(i) + " has no checkpoint");
                    }
                    earlier.addAll(notes);
                } else if (argument.startsWith("--")) {
                    out.print(USAGE);
                    return argument.equals("--help") ? RIGHT : UNUSABLE;
                } else {
                    bundles.add(argument);
                }
            }
            if (bundles.size() != 1) {
                out.print(USAGE);
                return UNUSABLE;
            }
            Verification.of(Path.of(bundles.getFirst()), keys, earlier, out);
            out.println("RIGHT  " + bundles.getFirst() + " is what was signed");
            return RIGHT;
        } catch (WrongException wrong) {
            out.println("WRONG  " + wrong.getMessage());
            return WRONG;
        } catch (BrokenException | IOException unusable) {
            out.println("UNUSABLE  " + unusable.getMessage());
            return UNUSABLE;
        }
    }

    private static List<Key> keys(String given) throws IOException {
        if (given.chars().filter(c -> c == '+').count() >= 2 && !Files.exists(Path.of(given))) {
            return List.of(Key.parse(given));
        }
        return Files.readAllLines(Path.of(given)).stream()
                .filter(line -> !line.isBlank())
                .map(Key::parse)
                .toList();
    }
}
