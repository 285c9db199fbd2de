import type { Agent, Alert, Severity } from '../api/types';

/** Worst first: by the lower bound of trust, those in quarantine before all others; the id settles ties, so that rows do not jump. */
export function rankAgents(agents: Iterable<Agent>, filter = ''): readonly Agent[] {
  const wanted = filter.trim().toLowerCase();
  return [...agents]
    .filter((agent) => wanted === '' || agent.agentId.toLowerCase().includes(wanted))
    .sort(compareAgents);
}

function compareAgents(a: Agent, b: Agent): number {
  return Number(b.quarantined) - Number(a.quarantined) || a.trustLow - b.trustLow || compareText(a.agentId, b.agentId);
}

const weights: Readonly<Record<Severity, number>> = { emergency: 3, critical: 2, warning: 1, info: 0 };

export function isOpen(alert: Alert): boolean {
  return alert.state === 'raised' || alert.state === 'acknowledged';
}

export function isSerious(alert: Alert): boolean {
  return alert.severity === 'critical' || alert.severity === 'emergency';
}

/** Open before closed, severe before mild, newest first. */
export function rankAlerts(alerts: Iterable<Alert>): readonly Alert[] {
  return [...alerts].sort(
    (a, b) =>
      Number(isOpen(b)) - Number(isOpen(a)) ||
      (isOpen(a) ? (weights[b.severity] ?? 0) - (weights[a.severity] ?? 0) : 0) ||
      b.raisedPosition - a.raisedPosition ||
      compareText(a.alertId, b.alertId),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
