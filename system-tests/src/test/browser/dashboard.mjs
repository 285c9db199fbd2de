// Opens the dashboard once, posts messages, and watches them arrive by push. Exits with 0 only if everything was seen.
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';

const { chromium } = createRequire(import.meta.url)(process.env.SKEIN_PLAYWRIGHT);
const [server] = process.argv.slice(2);
const network = 'browser';

const post = async (messages) => {
  const answer = await fetch(new URL('/v1/messages', server), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(messages),
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
};

const message = (id, from, to, type, causationId) => ({
  messageId: id, networkId: network, conversationId: 'b-1', agentId: from, targetAgents: [to], type,
  timestamp: new Date().toISOString(), content: 'the same question again', causationId,
});

const browser = await chromium.launch({
  executablePath: process.env.SKEIN_BROWSER,
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-gpu'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const problems = [];
  const elsewhere = [];
  let loads = 0;
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('load', () => (loads += 1));
  page.on('request', (request) => {
    const { host, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && host !== new URL(server).host) elsewhere.push(request.url());
  });

  await post([message('b-0', 'first', 'second', 'request', null)]);
  await page.goto(new URL(`/?network=${network}`, server).href);
  await page.getByTestId('connection').and(page.locator('[data-state="live"]')).or(page.getByTestId('connection').filter({ hasText: /live/i })).first().waitFor({ timeout: 60_000 });
  await page.locator('[data-testid="agent-row"][data-agent="first"]').waitFor({ timeout: 60_000 });
  assert.equal(await page.locator('[data-testid="alert-row"]').count(), 0);

  // From here on the page may only learn by push: a request to the API would be polling.
  const asked = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname.startsWith('/v1/')) asked.push(request.url());
  });
  await post([
    message('b-1', 'planner', 'buyer', 'request', null),
    message('b-2', 'buyer', 'auditor', 'request', 'b-1'),
    message('b-3', 'auditor', 'planner', 'request', 'b-2'),
  ]);
  for (const agent of ['planner', 'buyer', 'auditor']) {
    await page.locator(`[data-testid="agent-row"][data-agent="${agent}"]`).waitFor({ timeout: 60_000 });
  }
  await page.locator('[data-testid="alert-row"][data-pattern="routing_loop"]').waitFor({ timeout: 60_000 });
  await page.waitForFunction(() => document.querySelector('[data-testid="graph"]')?.getAttribute('data-nodes') === '5', null, { timeout: 60_000 });
  await page.waitForFunction(() => document.querySelector('[data-testid="graph"]')?.getAttribute('data-edges') === '4', null, { timeout: 60_000 });
  await page.locator('[data-testid="alert-row"][data-pattern="routing_loop"]').first().click();
  await page.waitForFunction(() => {
    const highlighted = document.querySelector('[data-testid="graph"]')?.getAttribute('data-highlight')?.split(',').sort().join(',');
    return highlighted === 'auditor,buyer,planner';
  }, null, { timeout: 60_000 });
  assert.deepEqual(asked, [], 'the page asked the API instead of being told');
  assert.equal(loads, 1, 'the page was loaded again');
  assert.deepEqual(elsewhere, [], 'the page asked other hosts');
  assert.deepEqual(problems, [], 'the page has errors');
  if (process.env.SKEIN_SCREENSHOTS) await page.screenshot({ path: `${process.env.SKEIN_SCREENSHOTS}/dashboard.png` });
} catch (failure) {
  const [page] = browser.contexts().flatMap((context) => context.pages());
  if (page && process.env.SKEIN_SCREENSHOTS) await page.screenshot({ path: `${process.env.SKEIN_SCREENSHOTS}/dashboard-failed.png` });
  throw failure;
} finally {
  await browser.close();
}
