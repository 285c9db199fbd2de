import type { Agent, Alert, GraphEdge, GraphNode, MetricsWindow } from '../api/types';

/** Rows for tests; what a test does not name does not matter to it. */

export function agent(agentId: string, fields: Partial<Agent> = {}): Agent {
  return {
    networkId: 'default',
    agentId,
    sent: 1,
    received: 1,
    errors: 0,
    trust: 90,
    trustLow: 80,
    trustHigh: 97,
    quarantined: false,
    firstPosition: 1,
    lastPosition: 2,
    firstSeenAt: '2026-11-23T10:00:00Z',
    lastSeenAt: '2026-11-23T10:00:01Z',
    ...fields,
  };
}

export function node(agentId: string, fields: Partial<GraphNode> = {}): GraphNode {
  return { agentId, sent: 1, received: 1, errors: 0, quarantined: false, firstPosition: 1, lastPosition: 2, ...fields };
}

export function edge(source: string, target: string, fields: Partial<GraphEdge> = {}): GraphEdge {
  return {
    source,
    target,
    relationship: 'request',
    messages: 1,
    errors: 0,
    firstPosition: 1,
    lastPosition: 2,
    ...fields,
  };
}

export function alert(alertId: string, fields: Partial<Alert> = {}): Alert {
  return {
    alertId,
    networkId: 'default',
    pattern: 'routing_loop',
    severity: 'critical',
    grade: 'fact',
    state: 'raised',
    agents: ['a', 'b', 'c'],
    evidence: [{ messageId: 'm-1', position: 3 }],
    description: 'A task went round.',
    raisedPosition: 5,
    lastPosition: 5,
    raisedAt: '2026-11-23T10:00:00Z',
    changedAt: '2026-11-23T10:00:00Z',
    ...fields,
  };
}

export function window(start: string, fields: Partial<MetricsWindow> = {}): MetricsWindow {
  return {
    start,
    windowSeconds: 1,
    messages: 1,
    requests: 1,
    responses: 0,
    broadcasts: 0,
    errors: 0,
    blocked: 0,
    throughput: 1,
    errorRate: 0,
    latencyCount: 0,
    lastPosition: 1,
    ...fields,
  };
}
