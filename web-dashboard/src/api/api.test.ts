import { describe, expect, it } from 'vitest';
import { Problem, RestClient } from './rest';

function answering(status: number, body: string, headers: Record<string, string> = {}) {
  const calls: { path: string; method: string | undefined; body: unknown }[] = [];
  const client = new RestClient('', (input, init) => {
    calls.push({ path: String(input), method: init?.method, body: init?.body });
    return Promise.resolve(new Response(body, { status, headers }));
  });
  return { client, calls };
}

describe('the REST client', () => {
  it('asks in the words of the contract, with ids encoded', async () => {
    const { client, calls } = answering(200, '{"alertId":"a/b"}');
    await client.acknowledge('a/b');
    await client.resolve('a/b', 'throttled');
    await client.dismiss('a/b', 'a test');
    expect(calls).toEqual([
      { path: '/v1/alerts/a%2Fb/acknowledge', method: 'POST', body: null },
      { path: '/v1/alerts/a%2Fb/resolve', method: 'POST', body: '{"reason":"throttled"}' },
      { path: '/v1/alerts/a%2Fb/dismiss', method: 'POST', body: '{"reason":"a test"}' },
    ]);
  });

  it('turns a problem into its reason and detail', async () => {
    const { client } = answering(404, '{"title":"Not found","reason":"not_found","detail":"alert x is not known"}');
    const problem = await client.alert('x').catch((thrown: unknown) => thrown);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ status: 404, reason: 'not_found', message: 'alert x is not known' });
  });

  it('has words for an answer that is no problem document, and for none at all', async () => {
    await expect(answering(502, '<html>bad gateway').client.networks()).rejects.toMatchObject({
      status: 502,
      message: 'the server answered 502',
    });
    const unreachable = new RestClient('', () => Promise.reject(new TypeError('fetch failed')));
    await expect(unreachable.networks()).rejects.toMatchObject({ reason: 'unreachable' });
  });

  it('learns how far the clock of the server is off', async () => {
    const ahead = answering(200, '["default"]', { date: new Date(Date.now() + 3_600_000).toUTCString() }).client;
    expect(await ahead.networks()).toEqual(['default']);
    expect(Math.abs(ahead.clockOffsetMillis - 3_600_000)).toBeLessThan(1500);
    const right = answering(200, '[]', { date: new Date().toUTCString() }).client;
    await right.networks();
    expect(right.clockOffsetMillis).toBe(0);
  });
});
