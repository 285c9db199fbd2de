import type { Alert, ProblemBody } from './types';

/** An answer that was not the one asked for: refused by the server, or not reached at all. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    detail: string,
  ) {
    super(detail);
    this.name = 'Problem';
  }
}

const deadlineMillis = 15_000;

/** The calls of docs/api.md that the dashboard makes; everything else arrives by push. */
export class RestClient {
  #clockOffsetMillis = 0;

  constructor(
    private readonly base = '',
    private readonly send: typeof fetch = (input, init) => fetch(input, init),
  ) {}

  /** How far the server's clock is ahead of ours, to the second; windows and ages are in its time. */
  get clockOffsetMillis(): number {
    return this.#clockOffsetMillis;
  }

  async networks(): Promise<readonly string[]> {
    return (await this.call('GET', '/v1/networks')) as readonly string[];
  }

  async alert(alertId: string): Promise<Alert> {
    return (await this.call('GET', alertPath(alertId))) as Alert;
  }

  async acknowledge(alertId: string): Promise<void> {
    await this.call('POST', `${alertPath(alertId)}/acknowledge`);
  }

  async resolve(alertId: string, reason: string): Promise<void> {
    await this.call('POST', `${alertPath(alertId)}/resolve`, { reason });
  }

  async dismiss(alertId: string, reason: string): Promise<void> {
    await this.call('POST', `${alertPath(alertId)}/dismiss`, { reason });
  }

  private async call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    const headers: Record<string, string> = { accept: 'application/json, application/problem+json' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    let response: Response;
    try {
      response = await this.send(this.base + path, {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(deadlineMillis),
      });
    } catch (cause) {
      const late = cause instanceof DOMException && cause.name === 'TimeoutError';
      throw new Problem(
        0,
        'unreachable',
        late ? `no answer within ${deadlineMillis / 1000} s` : 'the server cannot be reached',
      );
    }
    this.readClock(response);
    const text = await response.text();
    const parsed = parse(text);
    if (!response.ok) {
      const problem = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as ProblemBody;
      throw new Problem(
        response.status,
        problem.reason ?? 'unknown',
        problem.detail ?? problem.title ?? `the server answered ${response.status}`,
      );
    }
    return parsed;
  }

  private readClock(response: Response): void {
    const date = Date.parse(response.headers.get('date') ?? '');
    if (Number.isNaN(date)) return;
    const ahead = date + 500 - Date.now();
    // The header is cut to the second and took its time to get here: a small difference is no difference.
    this.#clockOffsetMillis = Math.abs(ahead) > 1500 ? ahead : 0;
  }
}

function alertPath(alertId: string): string {
  return `/v1/alerts/${encodeURIComponent(alertId)}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
