import { scaleLog } from 'd3';
import type { Agent, GraphEdge, GraphNode, Relationship } from '../../api/types';
import type { Focus } from '../../state/focus';
import type { AgentRows, GraphState } from '../../state/rows';
import { relationships } from '../../state/words';

/** At most so many agents are drawn; the busiest. */
export const drawnNodes = 2000;

export type Standing = 'good' | 'doubtful' | 'bad' | 'quarantined';

export interface NodeMark {
  readonly id: string;
  readonly radius: number;
  readonly standing: Standing;
  readonly messages: number;
  readonly errors: number;
  /** Place in the highlighted alert, from 1; 0 where it has no part. */
  readonly rank: number;
  readonly selected: boolean;
  readonly faint: boolean;
}

export interface EdgeMark {
  readonly key: string;
  readonly source: string;
  readonly target: string;
  readonly relationship: Relationship;
  readonly width: number;
  /** Which of the parallel edges between the two agents in this direction. */
  readonly lane: number;
  readonly highlighted: boolean;
  readonly faint: boolean;
}

/** Everything a drawing of the graph needs, and nothing of how it is drawn. */
export interface GraphModel {
  readonly position: number;
  readonly nodes: readonly NodeMark[];
  readonly edges: readonly EdgeMark[];
  /** The highlighted agents that are drawn, in the alert's order. */
  readonly highlighted: readonly string[];
  readonly rotation: boolean;
}

/** Radius in CSS pixels; grows with the square root of the messages, so that area tells the truth, up to a bound. */
export function nodeRadius(messages: number): number {
  return Math.min(20, 4 + 0.6 * Math.sqrt(messages));
}

const width = scaleLog([1, 10_000], [1, 6]).clamp(true);

/** Width in CSS pixels; each tenfold of messages adds as much. */
export function edgeWidth(messages: number): number {
  return width(Math.max(1, messages));
}

/** Judged by the lower bound of trust, like every ranking; below 30 an agent is up for quarantine. */
export function standing(quarantined: boolean, trustLow: number | undefined): Standing {
  if (quarantined) return 'quarantined';
  if (trustLow === undefined || trustLow >= 60) return 'good';
  return trustLow < 30 ? 'bad' : 'doubtful';
}

export function graphModel(graph: GraphState, agents: AgentRows, focus: Focus, position: number): GraphModel {
  const rows = busiest(graph.nodes, focus);
  const drawn = new Set(rows.map((row) => row.agentId));
  const ranks = new Map<string, number>();
  focus.highlighted.forEach((agentId, index) => {
    if (!ranks.has(agentId)) ranks.set(agentId, index + 1);
  });
  const way = focus.rotation ? rotationPairs(focus.highlighted) : new Set<string>();
  const near = focus.chosen
    ? ranks
    : focus.selectedAgent !== undefined
      ? neighbourhood(graph, focus.selectedAgent)
      : undefined;

  const lanes = new Map<string, number>();
  const edges: EdgeMark[] = [];
  for (const [key, edge] of graph.edges) {
    if (!drawn.has(edge.source) || !drawn.has(edge.target)) continue;
    const pair = `${edge.source}\n${edge.target}`;
    const lane = lanes.get(pair) ?? 0;
    lanes.set(pair, lane + 1);
    const highlighted = way.has(pair) && asks(edge);
    edges.push({
      key,
      source: edge.source,
      target: edge.target,
      relationship: relationships.includes(edge.relationship) ? edge.relationship : 'dependency',
      width: halves(edgeWidth(edge.messages)),
      lane,
      highlighted,
      faint: !highlighted && near !== undefined && !isNear(edge, near, focus),
    });
  }
  return {
    position,
    nodes: rows.map((row) => nodeMark(row, agents.get(row.agentId), ranks, near, focus)),
    edges,
    highlighted: [...ranks.keys()].filter((agentId) => drawn.has(agentId)),
    rotation: focus.rotation,
  };
}

function nodeMark(
  row: GraphNode,
  agent: Agent | undefined,
  ranks: ReadonlyMap<string, number>,
  near: { has(agentId: string): boolean } | undefined,
  focus: Focus,
): NodeMark {
  const messages = row.sent + row.received;
  const selected = row.agentId === focus.selectedAgent;
  return {
    id: row.agentId,
    radius: halves(nodeRadius(messages)),
    standing: standing(agent?.quarantined ?? row.quarantined, agent?.trustLow),
    messages,
    errors: row.errors,
    rank: ranks.get(row.agentId) ?? 0,
    selected,
    faint: near !== undefined && !near.has(row.agentId) && !selected && !ranks.has(row.agentId),
  };
}

/** In steps that an eye can tell apart, so that one more message is no reason to draw everything again. */
function halves(pixels: number): number {
  return Math.round(pixels * 2) / 2;
}

/** Whether two models give the same picture; the messages of a node only say whose label goes first. */
export function looksSame(a: GraphModel, b: GraphModel): boolean {
  return (
    a.rotation === b.rotation &&
    a.highlighted.length === b.highlighted.length &&
    a.highlighted.every((agentId, index) => agentId === b.highlighted[index]) &&
    a.nodes.length === b.nodes.length &&
    a.edges.length === b.edges.length &&
    a.nodes.every((node, index) => {
      const other = b.nodes[index];
      return (
        other !== undefined &&
        node.id === other.id &&
        node.radius === other.radius &&
        node.standing === other.standing &&
        node.rank === other.rank &&
        node.selected === other.selected &&
        node.faint === other.faint
      );
    }) &&
    a.edges.every((edge, index) => {
      const other = b.edges[index];
      return (
        other !== undefined &&
        edge.key === other.key &&
        edge.width === other.width &&
        edge.highlighted === other.highlighted &&
        edge.faint === other.faint
      );
    })
  );
}

/** A loop is made of what asks; answers run the other way. */
function asks(edge: GraphEdge): boolean {
  return edge.relationship !== 'response';
}

function isNear(edge: GraphEdge, near: { has(agentId: string): boolean }, focus: Focus): boolean {
  if (focus.chosen) return near.has(edge.source) && near.has(edge.target);
  return edge.source === focus.selectedAgent || edge.target === focus.selectedAgent;
}

function rotationPairs(agents: readonly string[]): Set<string> {
  return new Set(agents.map((agentId, index) => `${agentId}\n${agents[(index + 1) % agents.length] ?? ''}`));
}

function neighbourhood(graph: GraphState, agentId: string): Set<string> {
  const near = new Set([agentId]);
  for (const edge of graph.edges.values()) {
    if (edge.source === agentId) near.add(edge.target);
    else if (edge.target === agentId) near.add(edge.source);
  }
  return near;
}

function busiest(nodes: GraphState['nodes'], focus: Focus): readonly GraphNode[] {
  const rows = [...nodes.values()];
  if (rows.length <= drawnNodes) return rows;
  const wanted = new Set(focus.highlighted);
  if (focus.selectedAgent !== undefined) wanted.add(focus.selectedAgent);
  const kept = new Set(
    rows
      .toSorted(
        (a, b) =>
          Number(wanted.has(b.agentId)) - Number(wanted.has(a.agentId)) ||
          b.sent + b.received - (a.sent + a.received) ||
          (a.agentId < b.agentId ? -1 : 1),
      )
      .slice(0, drawnNodes),
  );
  // In the order in which they came, so that the drawing does not change when two of them swap places in the ranking.
  return rows.filter((row) => kept.has(row));
}
