import type { Relationship } from '../api/types';
import type { GraphState } from './rows';

/** What one agent says to another, or hears from it. */
export interface Neighbour {
  readonly agentId: string;
  readonly direction: 'out' | 'in';
  readonly relationship: Relationship;
  readonly messages: number;
  readonly errors: number;
}

/** The agents next to one, busiest first. Linear in the edges. */
export function neighbours(graph: GraphState, agentId: string): readonly Neighbour[] {
  const found: Neighbour[] = [];
  for (const { source, target, relationship, messages, errors } of graph.edges.values()) {
    if (source === agentId) found.push({ agentId: target, direction: 'out', relationship, messages, errors });
    else if (target === agentId) found.push({ agentId: source, direction: 'in', relationship, messages, errors });
  }
  return found.sort((a, b) => b.messages - a.messages || (a.agentId < b.agentId ? -1 : 1));
}
