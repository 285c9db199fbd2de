package io.skein.standalone.demo;

import java.util.List;

/** What an agent of the fleet is for, who plays it, and how long one of them thinks. */
enum Role {
    DESK(200, "desk-north", "desk-south"),
    PLANNER(900, "planner-ada", "planner-boris", "planner-chen", "planner-dora"),
    RESEARCHER(1_500, "researcher-edda", "researcher-finn", "researcher-gita", "researcher-hugo", "researcher-ines"),
    CODER(1_800, "coder-juri", "coder-kala", "coder-liv", "coder-milo", "coder-nadia", "coder-omar"),
    TESTER(1_100, "tester-pia", "tester-quinn"),
    REVIEWER(1_300, "reviewer-rosa", "reviewer-sven", "reviewer-tara", "reviewer-uwe"),
    ANALYST(1_200, "analyst-vera", "analyst-wim", "analyst-xenia"),
    WRITER(1_400, "writer-yann", "writer-zoe"),
    BUYER(800, "buyer-amir", "buyer-bea", "buyer-cleo"),
    SUPPLIER(1_000, "supplier-metal", "supplier-paper"),
    AUDITOR(700, "auditor"),
    SCHEDULER(60, "scheduler"),
    MONITOR(100, "monitor"),
    SEARCH(350, "tool-search"),
    BROWSER(700, "tool-browser"),
    PYTHON(500, "tool-python"),
    SQL(150, "tool-sql"),
    MAIL(90, "tool-mail");

    private final int thinkMillis;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> agents;

    Role(int thinkMillis, String... agents) {
        this.thinkMillis = thinkMillis;
        this.agents = List.of(agents);
    }

    /** Median time before an answer, in milliseconds. */
    int thinkMillis() {
        return thinkMillis;
    }

    List<String> agents() {
        return agents;
    }

    static Role of(String agent) {
        for (Role role : values()) {
            if (role.agents.contains(agent)) {
                return role;
            }
        }
        throw new IllegalArgumentException("no role has an agent " + agent);
    }
}
