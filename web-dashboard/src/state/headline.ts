import type { Alert } from '../api/types';
import { agentWords, count, patternWords, plural } from './words';
import { isOpen, isSerious, rankAlerts } from './ranking';

export type Tone = 'quiet' | 'warning' | 'critical' | 'unknown';

/** What an operator has to know first. `alertId` is the alert to look at. */
export interface Headline {
  readonly tone: Tone;
  readonly title: string;
  readonly detail: string;
  readonly alertId?: string;
}

export interface Situation {
  readonly connection: 'connecting' | 'live' | 'reconnecting';
  readonly loaded: boolean;
  readonly position: number | undefined;
  readonly messages: number;
  readonly alerts: Iterable<Alert>;
  readonly quarantined: number;
}

/** Silence is never called quiet: only a page that is connected, loaded and has seen messages may say so. */
export function headline(situation: Situation): Headline {
  if (!situation.loaded) {
    return situation.connection === 'reconnecting'
      ? { tone: 'unknown', title: 'Not connected', detail: 'Trying to reach the server.' }
      : { tone: 'unknown', title: 'Loading', detail: 'Waiting for the state of this network.' };
  }
  const open = rankAlerts(situation.alerts).filter(isOpen);
  const stale =
    situation.connection === 'live' ? '' : `Connection lost; true at position ${count(situation.position ?? 0)}. `;
  const serious = open.filter(isSerious);
  const warnings = open.filter((alert) => alert.severity === 'warning');
  const notices = open.filter((alert) => alert.severity === 'info');
  const beside = [
    ...(serious.length > 0 && warnings.length > 0 ? [plural(warnings.length, 'warning')] : []),
    ...(notices.length > 0 ? [plural(notices.length, 'notice')] : []),
    ...(situation.quarantined > 0 ? [`${plural(situation.quarantined, 'agent')} in quarantine`] : []),
  ].join(' · ');

  const worst = serious.length > 0 ? serious : warnings;
  const first = worst[0];
  if (first !== undefined) {
    const emergencies = serious.filter((alert) => alert.severity === 'emergency');
    const kind =
      emergencies.length > 0
        ? plural(emergencies.length, 'emergency', 'emergencies') +
          (serious.length > emergencies.length
            ? `, ${plural(serious.length - emergencies.length, 'critical alert')}`
            : '')
        : serious.length > 0
          ? plural(serious.length, 'critical alert')
          : plural(warnings.length, 'warning');
    return {
      tone: serious.length > 0 ? 'critical' : 'warning',
      title: `${kind}: ${summary(worst)}`,
      detail: stale + beside,
      alertId: first.alertId,
    };
  }
  if (situation.connection !== 'live') return { tone: 'unknown', title: 'Not connected', detail: stale.trim() };
  if (situation.messages === 0) {
    return { tone: 'unknown', title: 'No messages yet', detail: 'This network is waiting for its first message.' };
  }
  const watched = plural(situation.messages, 'message');
  return { tone: 'quiet', title: 'All quiet', detail: beside === '' ? `No open alert in ${watched}.` : beside };
}

function summary(alerts: readonly Alert[]): string {
  const named = alerts
    .slice(0, 2)
    .map((alert) => `${patternWords(alert.pattern).toLowerCase()} ${agentWords(alert, 5)}`.trim());
  const more = alerts.length - named.length;
  return named.join('; ') + (more > 0 ? `; ${more} more` : '');
}
