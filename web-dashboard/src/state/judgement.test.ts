import { describe, expect, it } from 'vitest';
import { firstMessageCommand } from './firstMessage';
import { agent, alert, edge, window } from './fixtures';
import { focus } from './focus';
import { headline, type Situation } from './headline';
import { formatLink, parseLink } from './link';
import { neighbours } from './neighbours';
import { rankAgents, rankAlerts } from './ranking';
import { readings } from './readings';
import { edgeKey, graphRules, windowKey } from './rows';
import { age, agentWords, count, millis, patternWords, percent, rate } from './words';

const situation = (fields: Partial<Situation>): Situation => ({
  connection: 'live',
  loaded: true,
  position: 10,
  messages: 5,
  alerts: [],
  quarantined: 0,
  ...fields,
});

describe('the headline', () => {
  it('says all quiet only when connected, loaded, with messages and without a warning', () => {
    expect(headline(situation({}))).toMatchObject({ tone: 'quiet', title: 'All quiet' });
    expect(headline(situation({ loaded: false })).title).toBe('Loading');
    expect(headline(situation({ loaded: false, connection: 'reconnecting' })).title).toBe('Not connected');
    expect(headline(situation({ connection: 'reconnecting' })).title).toBe('Not connected');
    expect(headline(situation({ messages: 0 })).title).toBe('No messages yet');
    expect(headline(situation({ alerts: [alert('x', { severity: 'info' })] }))).toMatchObject({
      tone: 'quiet',
      detail: '1 notice',
    });
  });

  it('counts the critical alerts and names the worst', () => {
    const alerts = [
      alert('old', { agents: ['x', 'y', 'z'], raisedPosition: 1 }),
      alert('new', { pattern: 'hoarding', agents: ['h'], raisedPosition: 9 }),
      alert('done', { state: 'resolved' }),
      alert('mild', { severity: 'warning' }),
    ];
    const said = headline(situation({ alerts, quarantined: 2 }));
    expect(said).toEqual({
      tone: 'critical',
      title: '2 critical alerts: hoarding h; routing loop x → y → z → x',
      detail: '1 warning · 2 agents in quarantine',
      alertId: 'new',
    });
  });

  it('puts an emergency before the critical alerts', () => {
    const alerts = [alert('c'), alert('e', { severity: 'emergency', pattern: 'mass_quarantine', agents: [] })];
    expect(headline(situation({ alerts }))).toMatchObject({
      alertId: 'e',
      title: '1 emergency, 1 critical alert: mass quarantine; routing loop a → b → c → a',
    });
  });

  it('still names the alerts when the connection is lost, and says up to where it knows', () => {
    const said = headline(situation({ connection: 'reconnecting', alerts: [alert('x')] }));
    expect(said.tone).toBe('critical');
    expect(said.detail).toContain('true at position 10');
  });

  it('warns about warnings', () => {
    expect(headline(situation({ alerts: [alert('w', { severity: 'warning' })] }))).toMatchObject({
      tone: 'warning',
      alertId: 'w',
    });
  });
});

describe('ranking', () => {
  it('puts the least trusted agents first by their lower bound, those in quarantine before all', () => {
    const agents = [
      agent('good'),
      agent('unsure', { trust: 85, trustLow: 20 }),
      agent('low', { trust: 30, trustLow: 25 }),
      agent('shut', { quarantined: true }),
    ];
    expect(rankAgents(agents).map((row) => row.agentId)).toEqual(['shut', 'unsure', 'low', 'good']);
    expect(rankAgents([agent('b'), agent('a')]).map((row) => row.agentId)).toEqual(['a', 'b']);
  });

  it('filters agents by a part of the id, in any case', () => {
    expect(rankAgents([agent('Buyer-1'), agent('planner')], ' buy ').map((row) => row.agentId)).toEqual(['Buyer-1']);
  });

  it('puts open alerts before closed, severe before mild, new before old', () => {
    const alerts = [
      alert('closed', { state: 'dismissed', raisedPosition: 99 }),
      alert('mild', { severity: 'info', raisedPosition: 50 }),
      alert('old', { raisedPosition: 1 }),
      alert('new', { raisedPosition: 2, state: 'acknowledged' }),
    ];
    expect(rankAlerts(alerts).map((row) => row.alertId)).toEqual(['new', 'old', 'mild', 'closed']);
  });
});

describe('what stands out', () => {
  it('is the worst open routing loop until an alert is chosen', () => {
    const alerts = [
      alert('loop', { agents: ['x', 'y', 'z'] }),
      alert('hoard', { pattern: 'hoarding', agents: ['h'] }),
      alert('past', { state: 'resolved', raisedPosition: 50, agents: ['p'] }),
    ];
    expect(focus(alerts, undefined, undefined)).toMatchObject({
      highlighted: ['x', 'y', 'z'],
      rotation: true,
      chosen: false,
    });
    expect(focus(alerts, alerts[1], 'x')).toMatchObject({
      highlighted: ['h'],
      rotation: false,
      chosen: true,
      selectedAgent: 'x',
    });
    expect(focus([], undefined, undefined)).toMatchObject({ highlighted: [], rotation: false });
  });

  it('lists the neighbours of an agent with direction, busiest first', () => {
    const edges = [
      edge('a', 'b', { messages: 2 }),
      edge('c', 'a', { messages: 9, relationship: 'response' }),
      edge('b', 'c'),
    ];
    const graph = { ...graphRules.empty, edges: new Map(edges.map((row) => [edgeKey(row), row])) };
    expect(neighbours(graph, 'a').map((row) => [row.direction, row.agentId, row.messages])).toEqual([
      ['in', 'c', 9],
      ['out', 'b', 2],
    ]);
  });
});

describe('the readings', () => {
  const now = Date.parse('2026-11-23T10:01:00.700Z');
  const rows = (...windows: ReturnType<typeof window>[]) => new Map(windows.map((row) => [windowKey(row), row]));

  it('take the throughput over whole seconds and leave out the one still filling', () => {
    const read = readings(
      rows(
        window('2026-11-23T10:01:00Z', { messages: 100 }),
        window('2026-11-23T10:00:59Z', { messages: 10 }),
        window('2026-11-23T10:00:55Z', { messages: 5 }),
      ),
      now,
    );
    expect(read.throughput).toBe(3);
    expect(read.messagesBySecond).toHaveLength(60);
    expect(read.messagesBySecond.at(-1)).toBe(10);
  });

  it('fall to nothing when nothing arrives, without another word of the server', () => {
    const read = readings(rows(window('2026-11-23T10:00:59Z', { messages: 10, errors: 5 })), now + 120_000);
    expect(read).toMatchObject({ throughput: 0, errorRate: undefined });
    expect(read.lastMessageAt).toBe(Date.parse('2026-11-23T10:00:59Z'));
  });

  it('weigh the error rate by messages', () => {
    const read = readings(
      rows(
        window('2026-11-23T10:00:30Z', { messages: 9, errors: 0 }),
        window('2026-11-23T10:00:40Z', { messages: 1, errors: 1 }),
      ),
      now,
    );
    expect(read.errorRate).toBe(0.1);
  });

  it('take latencies from the newest ten seconds that have any', () => {
    const read = readings(
      rows(
        window('2026-11-23T10:00:40Z', {
          windowSeconds: 10,
          latencyCount: 3,
          latencyP50Millis: 5,
          latencyP95Millis: 9,
        }),
        window('2026-11-23T10:00:50Z', { windowSeconds: 10, latencyCount: 0 }),
        window('2026-11-23T10:00:20Z', {
          windowSeconds: 10,
          latencyCount: 8,
          latencyP50Millis: 7,
          latencyP95Millis: 8,
        }),
      ),
      now,
    );
    expect(read).toMatchObject({
      latencyP50Millis: 5,
      latencyP95Millis: 9,
      latencyAt: Date.parse('2026-11-23T10:00:40Z'),
    });
  });
});

describe('a link', () => {
  it('says the same after it was written and read', () => {
    const link = { network: 'acme & co', agent: 'ä/b?c', alert: 'x+1' };
    expect(parseLink(formatLink(link))).toEqual(link);
  });

  it('leaves parameters of others alone and drops what is no longer chosen', () => {
    expect(formatLink({ network: 'n' }, '?token=1&agent=a')).toBe('?token=1&network=n');
    expect(formatLink({})).toBe('');
  });
});

describe('words and figures', () => {
  it('are short and honest', () => {
    expect([rate(0), rate(0.26), rate(12.34), rate(1234)]).toEqual(['0', '0.3', '12.3', '1,234']);
    expect([percent(0), percent(0.031), percent(0.5)]).toEqual(['0 %', '3.1 %', '50 %']);
    expect([millis(0.42), millis(243.2), millis(1354), millis(12_345), millis(90_000)]).toEqual([
      '0.4 ms',
      '243 ms',
      '1.35 s',
      '12.3 s',
      '1.5 min',
    ]);
    expect([age(0), age(59_000), age(3_599_000), age(7_200_000), age(200_000_000)]).toEqual([
      'now',
      '59 s',
      '59 min',
      '2 h',
      '2 d',
    ]);
    expect(count(4035)).toBe('4,035');
    expect(patternWords('routing_loop')).toBe('Routing loop');
  });

  it('close a loop and count the tail of a long list', () => {
    expect(agentWords({ pattern: 'routing_loop', agents: ['a', 'b', 'c'] })).toBe('a → b → c → a');
    expect(agentWords({ pattern: 'routing_loop', agents: ['a', 'b', 'c', 'd', 'e'] }, 3)).toBe(
      'a → b → c → 2 more → a',
    );
    expect(agentWords({ pattern: 'cascade', agents: ['a', 'b', 'c', 'd'] }, 2)).toBe('a, b and 2 more');
  });

  it('survive a shell', () => {
    const command = firstMessageCommand('http://localhost:8080', "o'hare", new Date('2026-11-23T10:00:00Z'));
    expect(command).toContain("'http://localhost:8080/v1/messages'");
    expect(command).toContain("o'\\''hare");
    expect(command).toContain('2026-11-23T10:00:00.000Z');
  });
});
