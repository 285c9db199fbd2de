// An operator's way through the built page in a real browser, against the made-up fleet; says what it measured. Needs `npm run build` first.
// node dev/journey.mjs [--browser /usr/bin/chromium] [--screenshots DIRECTORY]
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { framesWhileZooming } from './frames.mjs';
import { serve } from './mock-server.mjs';

const { values } = parseArgs({ options: { browser: { type: 'string' }, screenshots: { type: 'string' } } });
const browser = await chromium.launch({
    executablePath: values.browser ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const sharp = '<img src=x onerror="document.title=1">';

async function visit(server, { width = 1280, height = 800, scheme = 'light', query = '' } = {}) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
    const page = await context.newPage();
    page.complaints = [];
    page.on('pageerror', (error) => page.complaints.push(error.message));
    page.on(
        'console',
        (message) => ['error', 'warning'].includes(message.type()) && page.complaints.push(message.text()),
    );
    page.on('request', (request) => {
        if (!request.url().startsWith(server.address)) page.complaints.push(`left the server: ${request.url()}`);
    });
    await page.addInitScript(() => {
        window.shifted = 0;
        new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
        }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto(`${server.address}/${query}`);
    await page.locator('[data-testid=connection][data-state=live]').waitFor();
    return page;
}

const by = (page, id) => page.locator(`[data-testid=${id}]`);
const figure = async (page, id) => Number(await by(page, `tile-${id}`).getAttribute('data-value'));
const data = (page, name) => by(page, 'graph').getAttribute(`data-${name}`);
async function until(what, holds) {
    const end = Date.now() + 10_000;
    while (!(await holds())) {
        if (Date.now() > end) assert.fail(`${what}: not within 10 s`);
        await new Promise((resolve) => setTimeout(resolve, 30));
    }
}
async function picture(page, name) {
    if (values.screenshots !== undefined) await page.screenshot({ path: join(values.screenshots, `${name}.png`) });
}
async function leave(page) {
    assert.deepEqual(page.complaints, []);
    await page.context().close();
}

const journeys = {
    async 'an empty network shows how to send the first message, and that message appears without reload'() {
        const server = await serve({ port: 0, empty: true });
        const page = await visit(server, { query: '?network=default' });
        await by(page, 'empty').getByText('curl -X POST').waitFor();
        assert.equal(await figure(page, 'messages'), 0);
        await picture(page, 'empty');
        server.fleet.send({ source: 'planner', target: sharp, relationship: 'request' });
        await until(
            'one message, two agents, one edge',
            async () => (await data(page, 'nodes')) === '2' && (await data(page, 'edges')) === '1',
        );
        assert.equal(await figure(page, 'messages'), 1);
        assert.equal(await by(page, 'empty').count(), 0);
        assert.equal(await page.locator(`[data-testid=agent-row]`).filter({ hasText: sharp }).count(), 1);
        assert.equal(await page.locator('img').count(), 0);
        await leave(page);
        server.close();
    },

    async 'an operator sees what is wrong, reads the evidence, acts on it, and shares the link'() {
        const server = await serve({ port: 0 });
        const page = await visit(server);
        await until('the headline', async () =>
            (await by(page, 'headline').innerText()).includes('1 critical alert: routing loop planner-01 → buyer-01'),
        );
        assert.equal(await data(page, 'highlight'), 'planner-01,buyer-01,auditor-01,courier-01');
        await picture(page, 'light');
        const loop = page.locator('[data-testid=alert-row][data-pattern=routing_loop]');
        await loop.getByRole('button').first().click();
        assert.match(await by(page, 'alert-detail').innerText(), /3,911\s+m-3911/);
        await by(page, 'acknowledge').click();
        await page.locator('[data-testid=alert-row][data-pattern=routing_loop][data-state=acknowledged]').waitFor();
        await by(page, 'dismiss').click();
        assert.ok(await by(page, 'confirm').isDisabled(), 'a dismissal needs a reason');
        await by(page, 'reason').fill('a test');
        await page.keyboard.press('Enter');
        await page.locator('[data-testid=alert-row][data-pattern=routing_loop][data-state=dismissed]').waitFor();
        await until('the next headline', async () =>
            (await by(page, 'headline').innerText()).includes('1 warning: hoarding stock-02'),
        );

        await by(page, 'agent-filter').fill('BUYER');
        await until('the filter', async () => (await by(page, 'agent-row').count()) === 5);
        await page.locator('[data-testid=agent-row][data-agent=buyer-02]').click();
        await by(page, 'agent-detail').getByText('neighbour').waitFor();
        const link = new URL(page.url()).search;
        assert.match(link, /network=default&agent=buyer-02&alert=routing_loop-\d+/);
        const colleague = await visit(server, { query: link, scheme: 'dark', width: 1920, height: 1080 });
        assert.equal(await by(colleague, 'agent-detail').getAttribute('data-agent'), 'buyer-02');
        await colleague.locator('[data-testid=alert-row][data-state=dismissed]').waitFor();
        await picture(colleague, 'dark');
        await page.goBack();
        assert.equal(await by(page, 'agent-detail').count(), 0);
        await leave(colleague);
        await leave(page);
        server.close();
    },

    async 'a new alert is shown and spoken, and nothing on the page moves'() {
        const server = await serve({ port: 0, quiet: true });
        const page = await visit(server);
        await until('quiet', async () => (await by(page, 'headline').innerText()).includes('All quiet'));
        await by(page, 'graph').and(page.locator('[data-settled=true]')).waitFor();
        server.fleet.alert(0, ['stock-01', 'legal-01', 'buyer-01'], Date.now(), `A task went round. ${sharp}`);
        await until('the alert', async () => (await data(page, 'highlight')) === 'stock-01,legal-01,buyer-01');
        assert.match(
            await page.locator('[aria-live=assertive]').innerText(),
            /New critical alert: Routing loop, stock-01 → legal-01 → buyer-01 → stock-01/,
        );
        assert.equal(await page.locator('img').count(), 0);
        const shifted = await page.evaluate(() => window.shifted);
        console.log(`  layout shift ${shifted.toFixed(4)}`);
        assert.ok(shifted < 0.01, `layout shift: found ${shifted}, expected under 0.01`);
        await leave(page);
        server.close();
    },

    async 'a lost connection is said, and made good without reload'() {
        const server = await serve({ port: 0 });
        const page = await visit(server);
        await until('messages', async () => (await figure(page, 'messages')) > 0);
        server.drop();
        await page.locator('[data-testid=connection][data-state=reconnecting]').waitFor();
        await page.locator('[data-testid=connection][data-state=live]').waitFor();
        await until('the truth', async () => (await figure(page, 'messages')) >= server.fleet.messageCount - 10);
        page.complaints = page.complaints.filter((complaint) => !complaint.includes('WebSocket'));
        await leave(page);
        server.close();
    },

    async 'two thousand agents and five thousand edges stay smooth under live updates'() {
        const server = await serve({ port: 0, agents: 2000, edges: 5000, messages: 20_000, rate: 200 });
        const page = await visit(server, { width: 1920, height: 1080 });
        await until('the graph', async () => (await data(page, 'edges')) === '5000');
        await page.locator('[data-testid=graph][data-settled=true]').waitFor({ timeout: 60_000 });
        const frames = await framesWhileZooming(page, 300);
        console.log(
            `  frames in ms while zooming: median ${frames.medianMillis}, p95 ${frames.p95Millis}, longest ${frames.longestMillis}`,
        );
        await by(page, 'fit').click();
        await page.waitForTimeout(300);
        await picture(page, 'big');
        await leave(page);
        server.close();
    },
};

let failed = 0;
for (const [name, journey] of Object.entries(journeys)) {
    try {
        await journey();
        console.log(`ok      ${name}`);
    } catch (error) {
        failed++;
        console.log(`FAILED  ${name}\n${error.stack}`);
    }
}
await browser.close();
console.log(`${Object.keys(journeys).length - failed} journeys passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
