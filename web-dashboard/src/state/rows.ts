import type { Agent, Alert, Graph, GraphChanges, GraphEdge, GraphNode, Items, MetricsWindow } from '../api/types';
import type { StreamRules } from './stream';

export interface GraphState {
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly messageCount: number;
  readonly truncated: boolean;
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly edges: ReadonlyMap<string, GraphEdge>;
}

export type AgentRows = ReadonlyMap<string, Agent>;
export type AlertRows = ReadonlyMap<string, Alert>;
export type MetricsRows = ReadonlyMap<string, MetricsWindow>;

/** Windows of one length that are kept; the snapshot has as many. */
export const keptWindows = 300;

/** Ids may hold any printable character; no printable character is a line feed. */
export function edgeKey(edge: Pick<GraphEdge, 'source' | 'target' | 'relationship'>): string {
  return `${edge.source}\n${edge.target}\n${edge.relationship}`;
}

export function windowKey(window: Pick<MetricsWindow, 'start' | 'windowSeconds'>): string {
  return `${window.windowSeconds} ${Date.parse(window.start)}`;
}

export const graphRules: StreamRules<GraphState, Graph, GraphChanges> = {
  empty: { nodeCount: 0, edgeCount: 0, messageCount: 0, truncated: false, nodes: new Map(), edges: new Map() },
  load: (raw) => ({
    nodeCount: raw.nodeCount ?? 0,
    edgeCount: raw.edgeCount ?? 0,
    messageCount: raw.messageCount ?? 0,
    truncated: raw.truncated ?? false,
    nodes: keyed(raw.nodes ?? [], (node) => node.agentId),
    edges: keyed(raw.edges ?? [], edgeKey),
  }),
  change: (state, changes) => ({
    nodeCount: changes.nodeCount ?? state.nodeCount,
    edgeCount: changes.edgeCount ?? state.edgeCount,
    messageCount: changes.messageCount ?? state.messageCount,
    truncated: state.truncated,
    nodes: present(
      replaced(state.nodes, changes.nodes ?? [], (node) => node.agentId),
      changes.nodes ?? [],
    ),
    edges: present(replaced(state.edges, changes.edges ?? [], edgeKey), changes.edges ?? []),
  }),
};

export const agentRules: StreamRules<AgentRows, Items<Agent>, Items<Agent>> = itemRules((agent) => agent.agentId);

export const alertRules: StreamRules<AlertRows, Items<Alert>, Items<Alert>> = itemRules((alert) => alert.alertId);

export const metricsRules: StreamRules<MetricsRows, Items<MetricsWindow>, Items<MetricsWindow>> = {
  empty: new Map(),
  load: (raw) => newest(keyed(raw.items ?? [], windowKey)),
  change: (state, changes) => newest(replaced(state, changes.items ?? [], windowKey)),
};

function itemRules<T>(key: (row: T) => string): StreamRules<ReadonlyMap<string, T>, Items<T>, Items<T>> {
  return {
    empty: new Map(),
    load: (raw) => keyed(raw.items ?? [], key),
    change: (state, changes) => replaced(state, changes.items ?? [], key),
  };
}

function keyed<T>(rows: readonly T[], key: (row: T) => string): ReadonlyMap<string, T> {
  return new Map(rows.map((row) => [key(row), row]));
}

/** Rows replace rows with the same key; without rows the map itself comes back, so that nothing is drawn again. */
function replaced<T>(
  state: ReadonlyMap<string, T>,
  rows: readonly T[],
  key: (row: T) => string,
): ReadonlyMap<string, T> {
  if (rows.length === 0) return state;
  const next = new Map(state);
  for (const row of rows) next.set(key(row), row);
  return next;
}

/** Without what is no longer in the graph. */
function present<T extends { readonly folded?: boolean }>(
  rows: ReadonlyMap<string, T>,
  changed: readonly T[],
): ReadonlyMap<string, T> {
  return changed.some((row) => row.folded) ? new Map([...rows].filter(([, row]) => !row.folded)) : rows;
}

function newest(rows: MetricsRows): MetricsRows {
  const lengths = new Map<number, number>();
  for (const row of rows.values()) lengths.set(row.windowSeconds, (lengths.get(row.windowSeconds) ?? 0) + 1);
  if ([...lengths.values()].every((count) => count <= keptWindows * 2)) return rows;
  const kept = new Map<string, MetricsWindow>();
  for (const length of lengths.keys()) {
    const ordered = [...rows.values()]
      .filter((row) => row.windowSeconds === length)
      .sort((a, b) => Date.parse(b.start) - Date.parse(a.start));
    for (const row of ordered.slice(0, keptWindows)) kept.set(windowKey(row), row);
  }
  return kept;
}
