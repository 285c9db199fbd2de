import { describe, expect, it } from 'vitest';
import { agent, alert, edge, node, window } from './fixtures';
import { emptyView, isLoaded, positionOf, reconnected, withDelta, withSnapshot } from './network';
import { edgeKey, keptWindows } from './rows';

const graph = (fields: object) => ({
  networkId: 'default',
  nodeCount: 0,
  edgeCount: 0,
  messageCount: 0,
  truncated: false,
  nodes: [],
  edges: [],
  ...fields,
});

describe('the view of a network', () => {
  it('is loaded when every stream has had its snapshot, and stands at the newest position of any', () => {
    let view = emptyView('default');
    view = withSnapshot(view, 'graph', { stream: 'graph', position: 7, state: graph({}) });
    view = withSnapshot(view, 'agents', { stream: 'agents', position: 9, state: { items: [] } });
    view = withSnapshot(view, 'alerts', { stream: 'alerts', position: 3, state: { items: [] } });
    expect(isLoaded(view)).toBe(false);
    view = withSnapshot(view, 'metrics', { stream: 'metrics', position: 7, state: { items: [] } });
    expect(isLoaded(view)).toBe(true);
    expect(positionOf(view)).toBe(9);
  });

  it('replaces rows by agent, by source, target and relationship, by alert, and by window', () => {
    let view = emptyView('default');
    const edges = [edge('a', 'b'), edge('a', 'b', { relationship: 'response' })];
    view = withSnapshot(view, 'graph', {
      stream: 'graph',
      position: 1,
      state: graph({ nodeCount: 2, edgeCount: 2, messageCount: 2, nodes: [node('a'), node('b')], edges }),
    });
    view = withDelta(view, 'graph', {
      stream: 'graph',
      from: 1,
      to: 2,
      changes: {
        nodes: [node('a', { sent: 5 })],
        edges: [edge('a', 'b', { messages: 4 })],
        nodeCount: 2,
        edgeCount: 2,
        messageCount: 6,
      },
    });
    expect(view.graph.state.nodes.get('a')?.sent).toBe(5);
    expect([...view.graph.state.edges.values()].map((row) => row.messages)).toEqual([4, 1]);
    expect(view.graph.state).toMatchObject({ nodeCount: 2, edgeCount: 2, messageCount: 6 });

    view = withSnapshot(view, 'agents', { stream: 'agents', position: 1, state: { items: [agent('a'), agent('b')] } });
    view = withDelta(view, 'agents', {
      stream: 'agents',
      from: 1,
      to: 2,
      changes: { items: [agent('b', { trustLow: 10 })] },
    });
    expect([...view.agents.state.values()].map((row) => row.trustLow)).toEqual([80, 10]);

    view = withSnapshot(view, 'alerts', { stream: 'alerts', position: 1, state: { items: [alert('x')] } });
    view = withDelta(view, 'alerts', {
      stream: 'alerts',
      from: 1,
      to: 2,
      changes: { items: [alert('x', { state: 'acknowledged' }), alert('y')] },
    });
    expect([...view.alerts.state.values()].map((row) => row.state)).toEqual(['acknowledged', 'raised']);

    view = withSnapshot(view, 'metrics', {
      stream: 'metrics',
      position: 1,
      state: { items: [window('2026-11-23T10:00:00Z')] },
    });
    const longer = window('2026-11-23T10:00:00Z', { windowSeconds: 10 });
    view = withDelta(view, 'metrics', {
      stream: 'metrics',
      from: 1,
      to: 2,
      changes: { items: [window('2026-11-23T10:00:00.000Z', { messages: 8 }), longer] },
    });
    expect([...view.metrics.state.values()].map((row) => row.messages)).toEqual([8, 1]);
  });

  it('does not confuse edges whose agents are written alike', () => {
    expect(edgeKey(edge('a b', 'c'))).not.toBe(edgeKey(edge('a', 'b c')));
  });

  it('keeps the newest windows of each length', () => {
    let view = withSnapshot(emptyView('default'), 'metrics', { stream: 'metrics', position: 0, state: { items: [] } });
    const start = Date.parse('2026-11-23T10:00:00Z');
    for (let second = 0; second < 2 * keptWindows + 1; second++) {
      const items = [window(new Date(start + second * 1000).toISOString())];
      view = withDelta(view, 'metrics', { stream: 'metrics', from: second, to: second + 1, changes: { items } });
    }
    const kept = [...view.metrics.state.values()];
    expect(kept).toHaveLength(keptWindows);
    expect(kept.map((row) => Date.parse(row.start)).toSorted()[0]).toBe(start + (keptWindows + 1) * 1000);
  });

  it('drops what the network no longer keeps apart', () => {
    let view = withSnapshot(emptyView('default'), 'graph', {
      stream: 'graph',
      position: 1,
      state: graph({
        nodeCount: 2,
        edgeCount: 1,
        messageCount: 1,
        nodes: [node('a'), node('b')],
        edges: [edge('a', 'b')],
      }),
    });
    view = withDelta(view, 'graph', {
      stream: 'graph',
      from: 1,
      to: 2,
      changes: {
        nodes: [node('b', { folded: true })],
        edges: [edge('a', 'b', { folded: true })],
        nodeCount: 1,
        edgeCount: 0,
        messageCount: 1,
      },
    });
    expect([...view.graph.state.nodes.keys()]).toEqual(['a']);
    expect(view.graph.state.edges.size).toBe(0);
  });

  it('hands back the same rows when a delta brings none, so that nothing is drawn again', () => {
    const view = withSnapshot(emptyView('default'), 'agents', {
      stream: 'agents',
      position: 1,
      state: { items: [agent('a')] },
    });
    const after = withDelta(view, 'agents', { stream: 'agents', from: 1, to: 4, changes: { items: [] } });
    expect(after.agents.state).toBe(view.agents.state);
    expect(after.agents.position).toBe(4);
  });

  it('waits for four snapshots after the connection was made anew, and shows what it had', () => {
    const view = reconnected(
      withSnapshot(emptyView('default'), 'agents', { stream: 'agents', position: 1, state: { items: [agent('a')] } }),
    );
    expect([view.graph, view.agents, view.alerts, view.metrics].every((stream) => stream.waiting)).toBe(true);
    expect(view.agents.state.size).toBe(1);
  });
});
