import type {
  Agent,
  Alert,
  Delta,
  Graph,
  GraphChanges,
  Items,
  MetricsWindow,
  Snapshot,
  StreamName,
} from '../api/types';
import { agentRules, alertRules, graphRules, metricsRules } from './rows';
import type { AgentRows, AlertRows, GraphState, MetricsRows } from './rows';
import { resume, begin, takeDelta, takeSnapshot } from './stream';
import type { Stream } from './stream';

/** Everything the page knows of one network: four streams, each true at its own position. */
export interface NetworkView {
  readonly networkId: string;
  readonly graph: Stream<GraphState, GraphChanges>;
  readonly agents: Stream<AgentRows, Items<Agent>>;
  readonly alerts: Stream<AlertRows, Items<Alert>>;
  readonly metrics: Stream<MetricsRows, Items<MetricsWindow>>;
}

export function emptyView(networkId: string): NetworkView {
  return {
    networkId,
    graph: begin(graphRules),
    agents: begin(agentRules),
    alerts: begin(alertRules),
    metrics: begin(metricsRules),
  };
}

/** The view after the connection was made anew. */
export function reconnected(view: NetworkView): NetworkView {
  return {
    networkId: view.networkId,
    graph: resume(view.graph),
    agents: resume(view.agents),
    alerts: resume(view.alerts),
    metrics: resume(view.metrics),
  };
}

export function withSnapshot(view: NetworkView, stream: StreamName, body: unknown): NetworkView {
  switch (stream) {
    case 'graph':
      return { ...view, graph: takeSnapshot(graphRules, view.graph, body as Snapshot<Graph>) };
    case 'agents':
      return { ...view, agents: takeSnapshot(agentRules, view.agents, body as Snapshot<Items<Agent>>) };
    case 'alerts':
      return { ...view, alerts: takeSnapshot(alertRules, view.alerts, body as Snapshot<Items<Alert>>) };
    case 'metrics':
      return { ...view, metrics: takeSnapshot(metricsRules, view.metrics, body as Snapshot<Items<MetricsWindow>>) };
  }
}

export function withDelta(view: NetworkView, stream: StreamName, body: unknown): NetworkView {
  switch (stream) {
    case 'graph':
      return { ...view, graph: takeDelta(graphRules, view.graph, body as Delta<GraphChanges>) };
    case 'agents':
      return { ...view, agents: takeDelta(agentRules, view.agents, body as Delta<Items<Agent>>) };
    case 'alerts':
      return { ...view, alerts: takeDelta(alertRules, view.alerts, body as Delta<Items<Alert>>) };
    case 'metrics':
      return { ...view, metrics: takeDelta(metricsRules, view.metrics, body as Delta<Items<MetricsWindow>>) };
  }
}

/** The newest position that any stream has reached; a stream without changes stands where it changed last. */
export function positionOf(view: NetworkView): number | undefined {
  const positions = [view.graph, view.agents, view.alerts, view.metrics].flatMap((stream) => stream.position ?? []);
  return positions.length === 0 ? undefined : Math.max(...positions);
}

/** Whether every stream has had its first snapshot. */
export function isLoaded(view: NetworkView): boolean {
  return [view.graph, view.agents, view.alerts, view.metrics].every((stream) => stream.position !== undefined);
}
