// A made-up fleet for developing the page without the server: rows as docs/api.md words them, changed message by message.

const roles = ['planner', 'buyer', 'auditor', 'courier', 'pricing', 'stock', 'legal', 'support'];
const patterns = [
    ['routing_loop', 'critical', 'fact', 'ASI08 Cascading failures'],
    ['hoarding', 'warning', 'finding', 'ASI06 Resource overload'],
    ['cascade', 'warning', 'finding', ''],
    ['equivocation', 'critical', 'fact', 'ASI07 Insecure inter-agent communication'],
    ['silent_drop', 'info', 'suspicion', ''],
];

/** A small repeatable generator, so that two runs show the same picture. */
function randomFrom(seed) {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let t = Math.imul(state ^ (state >>> 15), 1 | state);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
}

export class Fleet {
    constructor({
        networkId = 'default',
        agents = 40,
        edges = 110,
        messages = 4000,
        seed = 7,
        seeded = true,
        now = Date.now,
    } = {}) {
        Object.assign(this, { networkId, now, random: randomFrom(seed) });
        this.position = 0;
        this.messageCount = 0;
        this.nodes = new Map();
        this.edges = new Map();
        this.agents = new Map();
        this.alerts = new Map();
        this.windows = new Map();
        this.names = Array.from(
            { length: agents },
            (_, i) => `${roles[i % roles.length]}-${String(1 + Math.floor(i / roles.length)).padStart(2, '0')}`,
        );
        this.links = this.wire(edges);
        if (seeded) this.seed(messages);
    }

    wire(count) {
        const links = new Map();
        for (let tries = 0; links.size < count && tries < count * 20; tries++) {
            const from = Math.floor(this.random() ** 1.6 * this.names.length);
            const near = Math.floor((this.random() - 0.5) * Math.min(14, this.names.length));
            const to =
                this.random() < 0.8
                    ? (from + near + this.names.length) % this.names.length
                    : Math.floor(this.random() * this.names.length);
            if (from === to) continue;
            const kind = this.random();
            const relationship =
                kind < 0.46
                    ? 'request'
                    : kind < 0.8
                      ? 'response'
                      : kind < 0.9
                        ? 'broadcast'
                        : kind < 0.97
                          ? 'dependency'
                          : 'conflict';
            links.set(`${from} ${to} ${relationship}`, {
                source: this.names[from],
                target: this.names[to],
                relationship,
                weight: this.random() ** 3,
            });
        }
        return [...links.values()];
    }

    seed(messages) {
        const end = this.now();
        for (const link of this.links) this.send(link, end - 3_600_000);
        const left = Math.max(0, messages - this.links.length);
        for (let i = 0; i < left; i++) this.send(this.pick(), end - 300_000 * (1 - i / left));
        this.fault('hoarder', 3);
        this.alert(
            0,
            ['planner-01', 'buyer-01', 'auditor-01', 'courier-01'],
            end - 95_000,
            'A task has gone round planner-01, buyer-01, auditor-01 and courier-01 three times without an answer.',
        );
        this.alert(
            1,
            ['stock-02'],
            end - 260_000,
            'stock-02 holds 62 % of gpu, uses a ninth of it, and refused 14 of 15 requests for it.',
        );
        this.alert(4, ['legal-01'], end - 1_900_000, 'legal-01 has left 6 requests of support-03 without an answer.');
        this.alert(
            2,
            ['pricing-01', 'stock-01', 'support-02'],
            end - 4_000_000,
            'One broadcast of pricing-01 led to 412 messages in 40 s.',
            'resolved',
        );
    }

    fault(_, index) {
        const agent = this.agents.get(this.names[index * 4 + 1]) ?? [...this.agents.values()][index];
        if (agent === undefined) return;
        Object.assign(agent, {
            trust: 31,
            trustLow: 18,
            trustHigh: 46,
            quarantined: true,
            quarantinedUntil: new Date(this.now() + 720_000).toISOString(),
        });
        Object.assign(this.nodes.get(agent.agentId), { quarantined: true });
    }

    pick() {
        for (;;) {
            const link = this.links[Math.floor(this.random() * this.links.length)];
            if (this.random() < 0.08 + link.weight) return link;
        }
    }

    send({ source, target, relationship }, at = this.now()) {
        this.position++;
        this.messageCount++;
        const instant = new Date(at).toISOString();
        const failed = this.random() < 0.035;
        for (const [agentId, field] of [
            [source, 'sent'],
            [target, 'received'],
        ]) {
            const node = this.nodes.get(agentId) ?? {
                agentId,
                sent: 0,
                received: 0,
                errors: 0,
                quarantined: false,
                firstPosition: this.position,
            };
            node[field]++;
            node.lastPosition = this.position;
            const agent = this.agents.get(agentId) ?? {
                networkId: this.networkId,
                agentId,
                sent: 0,
                received: 0,
                errors: 0,
                trust: 90,
                trustLow: 74,
                trustHigh: 98,
                quarantined: false,
                firstPosition: this.position,
                firstSeenAt: instant,
            };
            agent[field]++;
            Object.assign(agent, { lastPosition: this.position, lastSeenAt: instant });
            if (field === 'sent') {
                const drift = failed ? -4 : 0.12;
                agent.trustLow = Math.min(93, Math.max(4, agent.trustLow + drift));
                agent.trust = Math.min(97, Math.max(agent.trustLow + 4, agent.trust + drift));
                if (failed) (agent.errors++, node.errors++);
            }
            this.nodes.set(agentId, node);
            this.agents.set(agentId, agent);
        }
        const key = `${source}\n${target}\n${relationship}`;
        const edge = this.edges.get(key) ?? {
            source,
            target,
            relationship,
            messages: 0,
            errors: 0,
            firstPosition: this.position,
        };
        edge.messages++;
        edge.errors += Number(failed);
        edge.lastPosition = this.position;
        this.edges.set(key, edge);
        for (const seconds of [1, 10]) this.measure(seconds, at, relationship, failed);
    }

    measure(seconds, at, relationship, failed) {
        const start = Math.floor(at / (seconds * 1000)) * seconds * 1000;
        const key = `${seconds} ${start}`;
        const window = this.windows.get(key) ?? {
            start: new Date(start).toISOString(),
            windowSeconds: seconds,
            messages: 0,
            requests: 0,
            responses: 0,
            broadcasts: 0,
            errors: 0,
            blocked: 0,
            latencyCount: 0,
        };
        window.messages++;
        window[relationship === 'response' ? 'responses' : relationship === 'broadcast' ? 'broadcasts' : 'requests']++;
        window.errors += Number(failed);
        window.throughput = window.messages / seconds;
        window.errorRate = window.errors / window.messages;
        if (relationship === 'response') {
            window.latencyCount++;
            window.latencyP50Millis = 180 + 90 * this.random();
            window.latencyP95Millis = 900 + 700 * this.random();
            window.latencyP99Millis = 2400;
        }
        window.lastPosition = this.position;
        this.windows.set(key, window);
    }

    alert(kind, agents, at = this.now(), description = 'A task went round without an answer.', state = 'raised') {
        this.position++;
        const [pattern, severity, grade, owasp] = patterns[kind];
        const alertId = `${pattern}-${this.position}`;
        const evidence = Array.from({ length: 9 }, (_, i) => ({
            messageId: `m-${this.position - 90 + i * 10}`,
            position: Math.max(1, this.position - 90 + i * 10),
        }));
        this.alerts.set(alertId, {
            alertId,
            networkId: this.networkId,
            pattern,
            severity,
            grade,
            state,
            agents,
            evidence,
            description,
            detector: { name: 'open-request-chain', version: '1', parameters: { laps: 2 } },
            owasp,
            raisedPosition: this.position,
            lastPosition: this.position,
            raisedAt: new Date(at).toISOString(),
            changedAt: new Date(at).toISOString(),
            ...(state === 'raised' ? {} : { by: 'operator', reason: 'throttled' }),
        });
        return alertId;
    }

    change(alertId, state, reason) {
        const alert = this.alerts.get(alertId);
        if (alert === undefined) return false;
        this.position++;
        Object.assign(alert, {
            state,
            reason,
            by: 'operator',
            lastPosition: this.position,
            changedAt: new Date(this.now()).toISOString(),
        });
        return true;
    }

    rows(stream, after = 0) {
        const changed = (map) => [...map.values()].filter((row) => row.lastPosition > after);
        switch (stream) {
            case 'graph':
                return {
                    nodes: changed(this.nodes),
                    edges: changed(this.edges),
                    nodeCount: this.nodes.size,
                    edgeCount: this.edges.size,
                    messageCount: this.messageCount,
                };
            case 'agents':
                return { items: changed(this.agents) };
            case 'alerts':
                return { items: changed(this.alerts) };
            case 'metrics':
                return { items: changed(this.windows).slice(-600) };
        }
    }
}
