import { describe, expect, it } from 'vitest';
import { agent, edge, node } from '../../state/fixtures';
import type { Focus } from '../../state/focus';
import { edgeKey, graphRules } from '../../state/rows';
import { sparkline } from '../sparkline';
import { steady, visibleRows } from '../list';
import { bendOf, edgeCurve, fitView, thinLabels } from './geometry';
import { Layout, startingPlace } from './layout';
import { drawnNodes, edgeWidth, graphModel, looksSame, nodeRadius, standing } from './model';

const nothing: Focus = { highlighted: [], rotation: false, chosen: false, selectedAgent: undefined };
const graphOf = (nodes: ReturnType<typeof node>[], edges: ReturnType<typeof edge>[]) => ({
  ...graphRules.empty,
  nodes: new Map(nodes.map((row) => [row.agentId, row])),
  edges: new Map(edges.map((row) => [edgeKey(row), row])),
});
const square = graphOf(
  ['a', 'b', 'c', 'd'].map((id) => node(id)),
  [
    edge('a', 'b'),
    edge('b', 'c'),
    edge('c', 'a'),
    edge('b', 'a', { relationship: 'response' }),
    edge('c', 'd'),
    edge('a', 'b', { relationship: 'response' }),
  ],
);

describe('the model of the graph', () => {
  it('has every agent and edge, at the position they are true at', () => {
    const model = graphModel(square, new Map(), nothing, 17);
    expect(model).toMatchObject({ position: 17, highlighted: [] });
    expect(model.nodes).toHaveLength(4);
    expect(model.edges).toHaveLength(6);
    expect(model.edges.filter((mark) => mark.source === 'a' && mark.target === 'b').map((mark) => mark.lane)).toEqual([
      0, 1,
    ]);
  });

  it('highlights the edges of a loop in its direction, and no answers', () => {
    const model = graphModel(square, new Map(), { ...nothing, highlighted: ['a', 'b', 'c'], rotation: true }, 1);
    expect(model.edges.filter((mark) => mark.highlighted).map((mark) => `${mark.source}${mark.target}`)).toEqual([
      'ab',
      'bc',
      'ca',
    ]);
    expect(model.nodes.map((mark) => mark.rank)).toEqual([1, 2, 3, 0]);
    expect(model.highlighted).toEqual(['a', 'b', 'c']);
    expect(model.nodes.some((mark) => mark.faint)).toBe(false);
  });

  it('lets the rest step back from a chosen alert, and from a selected agent and its neighbours', () => {
    const chosen = graphModel(square, new Map(), { ...nothing, highlighted: ['a', 'b'], chosen: true }, 1);
    expect(chosen.nodes.filter((mark) => mark.faint).map((mark) => mark.id)).toEqual(['c', 'd']);
    const selected = graphModel(square, new Map(), { ...nothing, selectedAgent: 'd' }, 1);
    expect(selected.nodes.filter((mark) => mark.faint).map((mark) => mark.id)).toEqual(['a', 'b']);
    expect(selected.edges.filter((mark) => !mark.faint).map((mark) => `${mark.source}${mark.target}`)).toEqual(['cd']);
  });

  it('never lets an agent of an open loop step back', () => {
    const model = graphModel(
      square,
      new Map(),
      { ...nothing, highlighted: ['a', 'b', 'c'], rotation: true, selectedAgent: 'd' },
      1,
    );
    expect(model.nodes.filter((mark) => mark.faint)).toEqual([]);
  });

  it('marks an agent in quarantine from either stream', () => {
    const marks = graphModel(square, new Map([['a', agent('a', { quarantined: true })]]), nothing, 1).nodes;
    expect(marks.map((mark) => mark.standing)).toEqual(['quarantined', 'good', 'good', 'good']);
    expect([
      standing(true, 90),
      standing(false, 29),
      standing(false, 59),
      standing(false, 60),
      standing(false, undefined),
    ]).toEqual(['quarantined', 'bad', 'doubtful', 'good', 'good']);
  });

  it('draws the busiest of too many agents, what is highlighted always, in the order they came', () => {
    const rows = Array.from({ length: drawnNodes + 50 }, (_, index) => node(`n${index}`, { sent: index }));
    const model = graphModel(
      graphOf(rows, [edge('n0', 'n1'), edge('n100', 'n101')]),
      new Map(),
      { ...nothing, highlighted: ['n3'] },
      1,
    );
    expect(model.nodes).toHaveLength(drawnNodes);
    expect(model.nodes.map((mark) => mark.id).slice(0, 2)).toEqual(['n3', 'n51']);
    expect(model.edges.map((mark) => mark.source)).toEqual(['n100']);
  });

  it('is drawn again for what an eye can see, not for one more message', () => {
    const counted = (messages: number) =>
      graphModel(
        graphOf([node('a', { sent: messages }), node('b')], [edge('a', 'b', { messages })]),
        new Map(),
        nothing,
        messages,
      );
    expect(looksSame(counted(2000), counted(2001))).toBe(true);
    expect(looksSame(counted(10), counted(100))).toBe(false);
    const model = graphModel(square, new Map(), nothing, 1);
    expect(looksSame(model, graphModel(square, new Map([['a', agent('a', { quarantined: true })]]), nothing, 1))).toBe(
      false,
    );
    expect(looksSame(model, graphModel(square, new Map(), { ...nothing, selectedAgent: 'a' }, 1))).toBe(false);
    expect(looksSame(model, graphModel(square, new Map(), { ...nothing, highlighted: ['a', 'b', 'c'] }, 1))).toBe(
      false,
    );
  });

  it('tells the truth by area, and bounds it', () => {
    expect(nodeRadius(0)).toBe(4);
    expect(nodeRadius(1e9)).toBe(20);
    expect(edgeWidth(1)).toBe(1);
    expect(edgeWidth(100) - edgeWidth(10)).toBeCloseTo(edgeWidth(1000) - edgeWidth(100));
    expect(edgeWidth(1e9)).toBe(6);
  });
});

describe('the geometry', () => {
  it('leads from rim to rim, and the two directions of a pair do not touch', () => {
    const [a, b] = [
      { x: 0, y: 0, r: 10 },
      { x: 100, y: 0, r: 5 },
    ];
    const there = edgeCurve(a, b, 12);
    const back = edgeCurve(b, a, 12);
    expect(Math.hypot(there?.x1 ?? 0, there?.y1 ?? 0)).toBeCloseTo(10);
    expect(Math.hypot((there?.x2 ?? 0) - 100, there?.y2 ?? 0)).toBeCloseTo(5);
    expect(Math.sign(there?.cy ?? 0)).toBe(-Math.sign(back?.cy ?? 0));
    expect(Math.hypot(there?.ux ?? 0, there?.uy ?? 0)).toBeCloseTo(1);
  });

  it('draws nothing between circles that touch', () => {
    expect(edgeCurve({ x: 0, y: 0, r: 10 }, { x: 15, y: 0, r: 10 }, 0)).toBeUndefined();
    expect(bendOf(1, 400)).toBeGreaterThan(bendOf(0, 400));
  });

  it('fits everything into the space', () => {
    const view = fitView({ x0: -100, y0: -50, x1: 300, y1: 150 }, 800, 600, 50);
    for (const [x, y] of [
      [-100, -50],
      [300, 150],
    ] as const) {
      expect(x * view.k + view.x).toBeGreaterThanOrEqual(49.9);
      expect(x * view.k + view.x).toBeLessThanOrEqual(750.1);
      expect(y * view.k + view.y).toBeGreaterThanOrEqual(49.9);
      expect(y * view.k + view.y).toBeLessThanOrEqual(550.1);
    }
    expect(fitView({ x0: 5, y0: 5, x1: 5, y1: 5 }, 800, 600).k).toBeLessThanOrEqual(2);
  });

  it('keeps labels that lie on no better one', () => {
    let seed = 5;
    const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const wishes = Array.from({ length: 300 }, (_, index) => ({
      id: `${index}`,
      x: random() * 400,
      y: random() * 300,
      width: 20 + random() * 60,
      height: 14,
    }));
    const kept = thinLabels(wishes);
    const overlaps = (a: (typeof wishes)[0], b: (typeof wishes)[0]): boolean =>
      a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
    for (const [index, wish] of wishes.entries()) {
      expect(kept.has(wish.id)).toBe(
        !wishes.slice(0, index).some((better) => kept.has(better.id) && overlaps(better, wish)),
      );
    }
  });

  it('draws a long list only where it is seen', () => {
    expect(visibleRows(150, 38, 0, 400)).toEqual({ from: 0, to: 150 });
    expect(visibleRows(5000, 38, 38_000, 380)).toEqual({ from: 992, to: 1018 });
    expect(visibleRows(5000, 38, 999_999_999, 380)).toEqual({ from: 4999, to: 5000 });
  });
});

describe('a list that someone points at', () => {
  const key = (row: string): string => row;

  it('keeps its order, takes newcomers at the end, and what has gone stays as long as it is known', () => {
    expect(steady(['c', 'a', 'b'], key, undefined)).toEqual(['c', 'a', 'b']);
    expect(steady(['new', 'c', 'a'], key, ['a', 'b', 'c'], (id) => (id === 'b' ? 'b' : undefined))).toEqual([
      'a',
      'b',
      'c',
      'new',
    ]);
    expect(steady(['a'], key, ['b', 'a'])).toEqual(['a']);
  });
});

describe('the layout', () => {
  const ring = (size: number) => ({
    ids: Array.from({ length: size }, (_, index) => `n${index}`),
    radii: new Float32Array(size).fill(6),
    links: Array.from({ length: size }, (_, index) => [index, (index + 1) % size]).flat(),
  });
  const settle = (layout: Layout): void => {
    for (let steps = 0; layout.isMoving() && steps < 1000; steps++) layout.step();
  };

  it('comes to rest, keeps agents apart, and gives the same picture for the same graph', () => {
    const [one, other] = [new Layout(), new Layout()];
    one.update(ring(12));
    other.update(ring(12));
    settle(one);
    settle(other);
    expect(one.isMoving()).toBe(false);
    const xy = one.positions();
    expect([...other.positions()]).toEqual([...xy]);
    for (let a = 0; a < 12; a++) {
      for (let b = a + 1; b < 12; b++) {
        expect(
          Math.hypot((xy[2 * a] ?? 0) - (xy[2 * b] ?? 0), (xy[2 * a + 1] ?? 0) - (xy[2 * b + 1] ?? 0)),
        ).toBeGreaterThan(12);
      }
    }
  });

  it('stays where it is when only counts changed, and hardly moves for one newcomer', () => {
    const layout = new Layout();
    layout.update(ring(12));
    settle(layout);
    const before = layout.positions();
    expect(layout.update(ring(12))).toBe(false);
    const grown = ring(12);
    layout.update({ ids: [...grown.ids, 'new'], radii: new Float32Array(13).fill(6), links: [...grown.links, 0, 12] });
    expect(layout.isMoving()).toBe(true);
    settle(layout);
    const after = layout.positions();
    const moves = Array.from({ length: 12 }, (_, index) =>
      Math.hypot(
        (after[2 * index] ?? 0) - (before[2 * index] ?? 0),
        (after[2 * index + 1] ?? 0) - (before[2 * index + 1] ?? 0),
      ),
    );
    expect(Math.max(...moves)).toBeLessThan(60);
  });

  it('holds a pinned agent where it was put', () => {
    const layout = new Layout();
    layout.update(ring(6));
    settle(layout);
    layout.pin('n2', { x: 500, y: -20 });
    settle(layout);
    expect([...layout.positions()].slice(4, 6)).toEqual([500, -20]);
  });

  it('does not begin anew for one more edge of a big graph', () => {
    const layout = new Layout();
    const big = ring(700);
    layout.update(big);
    settle(layout);
    expect(layout.update({ ...big, links: [...big.links, 0, 350] })).toBe(false);
  });

  it('starts an agent at a place of its own, within the disc', () => {
    const places = Array.from({ length: 500 }, (_, index) => startingPlace(`agent-${index}`, 100));
    expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBe(500);
    expect(Math.max(...places.map(({ x, y }) => Math.hypot(x, y)))).toBeLessThanOrEqual(100);
  });
});

describe('a sparkline', () => {
  it('is broken where nothing was measured', () => {
    expect(sparkline([1, 2, undefined, 3], 84, 26).match(/M/g)).toHaveLength(2);
    expect(sparkline([], 84, 26)).toBe('');
  });
});
