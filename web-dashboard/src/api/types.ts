/** What Skein answers and pushes, as docs/api.md words it. What is absent or null is left out. */

export type Relationship = 'request' | 'response' | 'broadcast' | 'dependency' | 'conflict';
export type Severity = 'info' | 'warning' | 'critical' | 'emergency';
export type Grade = 'fact' | 'finding' | 'suspicion';
export type AlertState = 'raised' | 'acknowledged' | 'resolved' | 'dismissed';

export interface Agent {
  readonly networkId: string;
  readonly agentId: string;
  readonly sent: number;
  readonly received: number;
  readonly errors: number;
  /** 0 to 100, like its bounds; agents are ranked and judged by the lower one. */
  readonly trust: number;
  readonly trustLow: number;
  readonly trustHigh: number;
  readonly quarantined: boolean;
  readonly quarantinedUntil?: string;
  readonly firstPosition: number;
  readonly lastPosition: number;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
}

export interface GraphNode {
  readonly agentId: string;
  readonly sent: number;
  readonly received: number;
  readonly errors: number;
  readonly quarantined: boolean;
  readonly firstPosition: number;
  readonly lastPosition: number;
  /** No longer in the graph: the network has more than it keeps apart. */
  readonly folded?: boolean;
}

export interface GraphEdge {
  readonly source: string;
  readonly target: string;
  readonly relationship: Relationship;
  readonly messages: number;
  readonly errors: number;
  readonly firstPosition: number;
  readonly lastPosition: number;
  /** No longer in the graph: the network has more than it keeps apart. */
  readonly folded?: boolean;
}

export interface Graph {
  readonly networkId: string;
  readonly position: number;
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly messageCount: number;
  readonly truncated: boolean;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface GraphChanges {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly messageCount: number;
}

export interface EvidenceItem {
  readonly messageId: string;
  readonly position: number;
}

export interface Detector {
  readonly name: string;
  readonly version: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export interface Alert {
  readonly alertId: string;
  readonly networkId: string;
  readonly pattern: string;
  readonly severity: Severity;
  readonly grade: Grade;
  readonly state: AlertState;
  /** In the pattern's order; for a routing loop the rotation. */
  readonly agents: readonly string[];
  /** Causes before their effects. */
  readonly evidence: readonly EvidenceItem[];
  readonly description: string;
  readonly detector?: Detector;
  readonly owasp?: string;
  readonly raisedPosition: number;
  readonly lastPosition: number;
  readonly raisedAt: string;
  readonly changedAt: string;
  readonly by?: string;
  readonly reason?: string;
}

export interface MetricsWindow {
  readonly start: string;
  readonly windowSeconds: number;
  readonly messages: number;
  readonly requests: number;
  readonly responses: number;
  readonly broadcasts: number;
  readonly errors: number;
  readonly blocked: number;
  readonly throughput: number;
  readonly errorRate: number;
  readonly latencyCount: number;
  readonly latencyP50Millis?: number;
  readonly latencyP95Millis?: number;
  readonly latencyP99Millis?: number;
  readonly lastPosition: number;
}

export interface Items<T> {
  readonly items: readonly T[];
}

export type StreamName = 'graph' | 'agents' | 'alerts' | 'metrics';
export const streamNames: readonly StreamName[] = ['graph', 'agents', 'alerts', 'metrics'];

/** The state of one stream, true at {@link position}. */
export interface Snapshot<S> {
  readonly stream: StreamName;
  readonly position: number;
  readonly state: S;
}

/** Every row changed by an event in (from, to], as it stands at `to`. */
export interface Delta<C> {
  readonly stream: StreamName;
  readonly from: number;
  readonly to: number;
  readonly changes: C;
}

/** An RFC 9457 problem. */
export interface ProblemBody {
  readonly title?: string;
  readonly detail?: string;
  readonly reason?: string;
  readonly field?: string;
}
