import type { Alert } from '../api/types';
import { isRotation } from './words';
import { isOpen, rankAlerts } from './ranking';

/** What stands out in the graph. */
export interface Focus {
  /** Agents of the highlighted alert, in its order. */
  readonly highlighted: readonly string[];
  /** Whether the way from each highlighted agent to the next, and from the last to the first, is part of it. */
  readonly rotation: boolean;
  /** Whether the rest steps back: someone chose what is highlighted. */
  readonly chosen: boolean;
  readonly selectedAgent: string | undefined;
}

/** The chosen alert's agents; without a choice those of the worst open routing loop. */
export function focus(
  alerts: Iterable<Alert>,
  selectedAlert: Alert | undefined,
  selectedAgent: string | undefined,
): Focus {
  const shown = selectedAlert ?? rankAlerts(alerts).find((alert) => alert.pattern === 'routing_loop' && isOpen(alert));
  return {
    highlighted: shown?.agents ?? [],
    rotation: shown !== undefined && isRotation(shown),
    chosen: selectedAlert !== undefined,
    selectedAgent,
  };
}
