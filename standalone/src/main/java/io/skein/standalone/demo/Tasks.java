package io.skein.standalone.demo;

import io.skein.kernel.message.Outcome;
import java.util.ArrayList;
import java.util.List;

/** Invents plausible tasks: who asks whom for what. Nobody in them asks an agent that still waits for an answer. */
final class Tasks {
    /**
     * @param subject first part of the conversation's id
     * @param desk who starts it
     * @param team whom the leader tells when it is done; empty for nobody
     */
    record Task(String subject, String desk, Work work, List<String> team) {
        Task {
            team = List.copyOf(team);
        }

        int messages() {
            return work.messages() + (team.isEmpty() ? 0 : 1);
        }
    }

    private static final List<String> FEATURES = List.of(
            "export the invoices as CSV",
            "speed up the search page",
            "add a dark theme",
            "sign in with a passkey",
            "show delivery times on the map",
            "retry failed payments at night");
    private static final List<String> QUESTIONS = List.of(
            "which orders are late this week",
            "why returns rose in March",
            "what a customer in the north costs",
            "how many visitors came back");
    private static final List<String> GOODS =
            List.of("400 steel brackets", "a pallet of paper", "spare rollers", "packing tape", "12 bearings");
    private static final List<String> SOURCES =
            List.of("the handbook", "last year's report", "the forum", "the vendor's page", "our own notes");

    private final Chance chance;

    Tasks(Chance chance) {
        this.chance = chance;
    }

    Task next() {
        int kind = chance.between(1, 10);
        if (kind <= 5) {
            return feature();
        }
        return kind <= 8 ? question() : purchase();
    }

    private Task feature() {
        String what = chance.one(FEATURES);
        String desk = chance.one(Role.DESK.agents());
        int team = chance.between(0, Chance.TEAMS - 1);
        String planner = Role.PLANNER.agents().get(team);
        String coder = chance.one(Role.CODER, team);
        String reviewer = chance.one(Role.REVIEWER, team);
        List<Work> steps = new ArrayList<>();
        for (int i = chance.between(1, 2); i > 0; i--) {
            steps.add(research(chance.one(Role.RESEARCHER, team), what));
        }
        steps.add(coding(coder, "Please " + what, 3, team));
        boolean refused = chance.in(0.25);
        steps.add(review(reviewer, refused));
        if (refused) {
            steps.add(coding(coder, "Please answer the review of '" + what + "'", 2, team));
            steps.add(review(reviewer, false));
        }
        List<String> told = chance.in(0.4) ? List.of(coder, reviewer, "monitor") : List.of();
        return new Task(
                "feature", desk, work(planner, "A customer wants us to " + what, "Done: " + what, 0, steps), told);
    }

    private Task question() {
        String what = chance.one(QUESTIONS);
        int team = chance.between(0, Role.ANALYST.agents().size() - 1);
        String analyst = Role.ANALYST.agents().get(team);
        List<Work> steps = new ArrayList<>();
        for (int i = chance.between(1, 3); i > 0; i--) {
            steps.add(leaf("tool-sql", "select for: " + what, chance.between(3, 900) + " rows"));
        }
        if (chance.in(0.5)) {
            steps.add(leaf("tool-python", "plot: " + what, "plot.svg"));
        }
        String writer = chance.one(Role.WRITER, team % Role.WRITER.agents().size());
        List<Work> checks = chance.in(0.5)
                ? List.of(review(chance.one(Role.REVIEWER, team), false))
                : List.of(leaf("tool-browser", "look up figures", "3 pages"));
        steps.add(work(writer, "Write a page on " + what, "One page, two charts", 0, checks));
        return new Task(
                "question",
                chance.one(Role.DESK.agents()),
                work(analyst, "Please find out " + what, "Found out " + what, 0, steps),
                List.of());
    }

    private Task purchase() {
        String what = chance.one(GOODS);
        String buyer = chance.one(Role.BUYER.agents());
        List<Work> steps = new ArrayList<>();
        for (String supplier : Role.SUPPLIER.agents()) {
            steps.add(leaf(supplier, "Your price for " + what + "?", chance.between(80, 950) + " EUR"));
        }
        steps.add(leaf("auditor", "May we order " + what + "?", "Within the budget"));
        steps.add(leaf("tool-mail", "Order " + what, "Sent"));
        return new Task(
                "order",
                chance.one(Role.DESK.agents()),
                work(buyer, "We need " + what, "Ordered " + what, 0, steps),
                chance.in(0.3) ? List.of("auditor", "desk-north", "desk-south") : List.of());
    }

    private Work research(String researcher, String what) {
        List<Work> steps = new ArrayList<>();
        for (int i = chance.between(1, 2); i > 0; i--) {
            steps.add(leaf("tool-search", what, chance.between(2, 40) + " hits"));
        }
        if (chance.in(0.6)) {
            steps.add(leaf("tool-browser", "open " + chance.one(SOURCES), "read"));
        }
        return work(
                researcher, "What do we know about: " + what + "?", "Summary from " + chance.one(SOURCES), 0, steps);
    }

    private Work coding(String coder, String request, int runs, int team) {
        List<Work> steps = new ArrayList<>();
        for (int i = chance.between(1, runs); i > 0; i--) {
            steps.add(leaf("tool-python", "run the tests", chance.in(0.8) ? "passed" : "2 failed"));
        }
        if (chance.in(0.5)) {
            String tester = chance.one(Role.TESTER, team % Role.TESTER.agents().size());
            steps.add(work(
                    tester,
                    "Please try this build",
                    "Tried, works",
                    0,
                    List.of(leaf("tool-python", "run the journeys", "passed"))));
        }
        return work(coder, request, "Change is ready", chance.in(0.6) ? 5 * chance.between(1, 4) : 0, steps);
    }

    private Work review(String reviewer, boolean refused) {
        return new Work(
                reviewer,
                "Please review",
                refused ? "Not yet: see my two remarks" : "Good",
                chance.around(Role.REVIEWER.thinkMillis()),
                refused ? Outcome.REFUSED : Outcome.OK,
                0,
                List.of());
    }

    private Work leaf(String agent, String request, String answer) {
        return work(agent, request, answer, 0, List.of());
    }

    private Work work(String agent, String request, String answer, int gpuPercent, List<Work> steps) {
        Outcome outcome = Outcome.OK;
        if (chance.in(0.03)) {
            outcome = chance.in(0.7) ? Outcome.ERROR : Outcome.TIMEOUT;
        }
        long think = chance.around(Role.of(agent).thinkMillis());
        String said = outcome == Outcome.OK ? answer : outcome == Outcome.ERROR ? "That failed" : "No result in time";
        return new Work(
                agent, request, said, outcome == Outcome.TIMEOUT ? think * 6 : think, outcome, gpuPercent, steps);
    }
}
