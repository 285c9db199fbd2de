import type { Alert, Relationship, Severity } from '../api/types';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const hundredths = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const tenths = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export const none = '–';

export function count(value: number): string {
  return whole.format(value);
}

/** A rate in as many digits as it is worth. */
export function rate(value: number): string {
  return value >= 100 || value === 0 ? whole.format(value) : tenths.format(value);
}

/** A share of one in percent. */
export function percent(value: number): string {
  const parts = value * 100;
  return `${parts > 0 && parts < 10 ? tenths.format(parts) : whole.format(parts)} %`;
}

export function millis(value: number): string {
  if (value >= 60_000) return `${tenths.format(value / 60_000)} min`;
  if (value >= 10_000) return `${tenths.format(value / 1000)} s`;
  if (value >= 1000) return `${hundredths.format(value / 1000)} s`;
  if (value >= 10) return `${whole.format(value)} ms`;
  return `${tenths.format(value)} ms`;
}

/** How long ago, in the one unit that matters. */
export function age(millisAgo: number): string {
  const seconds = Math.max(0, Math.floor(millisAgo / 1000));
  if (seconds < 5) return 'now';
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** `routing_loop` → `Routing loop`. */
export function patternWords(pattern: string): string {
  const words = pattern.replaceAll('_', ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The agents of an alert as a person says them: a loop closes, everything else is a list; the tail of a long one is counted. */
export function agentWords(alert: Pick<Alert, 'pattern' | 'agents'>, atMost = 4): string {
  // To count one agent takes as much room as to name it.
  const named = alert.agents.length <= atMost + 1 ? alert.agents : alert.agents.slice(0, atMost);
  const more = alert.agents.length - named.length;
  if (isRotation(alert)) {
    const first = alert.agents[0] ?? '';
    return [...named, ...(more > 0 ? [`${more} more`] : []), first].join(' → ');
  }
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Whether the order of the agents is the way round. */
export function isRotation(alert: Pick<Alert, 'pattern' | 'agents'>): boolean {
  return (
    (alert.pattern === 'routing_loop' || alert.pattern === 'livelock' || alert.pattern === 'deadlock') &&
    alert.agents.length > 1
  );
}

export const severityWords: Readonly<Record<Severity, string>> = {
  emergency: 'Emergency',
  critical: 'Critical',
  warning: 'Warning',
  info: 'Info',
};

export const relationships: readonly Relationship[] = ['request', 'response', 'broadcast', 'dependency', 'conflict'];

/** Local time of day; the date too when it is not today. */
export function clock(instant: string, now: number): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return none;
  const time = date.toLocaleTimeString('en-GB', { hour12: false });
  return new Date(now).toDateString() === date.toDateString() ? time : `${date.toISOString().slice(0, 10)} ${time}`;
}
