import type { MetricsWindow } from '../api/types';
import type { MetricsRows } from './rows';

/** Seconds that the current throughput is taken over. */
export const throughputSeconds = 5;
/** Seconds that the error rate and the sparklines are taken over. */
export const shownSeconds = 60;

/** What the tiles show at `now`. Instants are the server's. What has no measurement is absent, not zero. */
export interface Readings {
  /** Messages a second over the last {@link throughputSeconds} whole seconds. */
  readonly throughput: number;
  /** Errors by messages over the last {@link shownSeconds}. */
  readonly errorRate: number | undefined;
  readonly latencyP50Millis: number | undefined;
  readonly latencyP95Millis: number | undefined;
  /** Start of the 10 s window that the latencies are of. */
  readonly latencyAt: number | undefined;
  /** Start of the newest second that had a message. */
  readonly lastMessageAt: number | undefined;
  readonly messagesBySecond: readonly number[];
  readonly errorRateBySecond: readonly (number | undefined)[];
  readonly latencyBySecond: readonly (number | undefined)[];
}

/** The current second is still filling and stays out; a second without a row had no message. */
export function readings(rows: MetricsRows, now: number): Readings {
  const thisSecond = Math.floor(now / 1000) * 1000;
  const seconds = new Map<number, MetricsWindow>();
  let lastMessageAt: number | undefined;
  let slow: { start: number; window: MetricsWindow } | undefined;
  for (const window of rows.values()) {
    const start = Date.parse(window.start);
    if (window.windowSeconds === 1) {
      seconds.set(start, window);
      if (window.messages > 0 && (lastMessageAt === undefined || start > lastMessageAt)) lastMessageAt = start;
    } else if (window.windowSeconds === 10 && window.latencyCount > 0 && (slow === undefined || start > slow.start)) {
      slow = { start, window };
    }
  }

  const shown = Array.from({ length: shownSeconds }, (_, index) =>
    seconds.get(thisSecond - (shownSeconds - index) * 1000),
  );
  const messagesBySecond = shown.map((window) => window?.messages ?? 0);
  const messages = sum(messagesBySecond);
  const errors = sum(shown.map((window) => window?.errors ?? 0));
  return {
    throughput: sum(messagesBySecond.slice(-throughputSeconds)) / throughputSeconds,
    errorRate: messages === 0 ? undefined : errors / messages,
    latencyP50Millis: slow?.window.latencyP50Millis,
    latencyP95Millis: slow?.window.latencyP95Millis,
    latencyAt: slow?.start,
    lastMessageAt,
    messagesBySecond,
    errorRateBySecond: shown.map((window) =>
      window === undefined || window.messages === 0 ? undefined : window.errors / window.messages,
    ),
    latencyBySecond: shown.map((window) =>
      window === undefined || window.latencyCount === 0 ? undefined : window.latencyP95Millis,
    ),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
