// How long a frame takes while a big graph is zoomed and its figures change; prints JSON. Needs `npm run build` first.
// node dev/frames.mjs [--browser /usr/bin/chromium] [--agents 2000] [--edges 5000] [--rate 200] [--frames 600]
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { serve } from './mock-server.mjs';

/** Zooms in and out all the while, so that every frame is drawn anew; what is measured is the time between frames. */
export async function framesWhileZooming(page, count) {
    const times = await page.evaluate(
        (wanted) =>
            new Promise((resolve) => {
                const starts = [];
                const canvas = document.querySelector('canvas');
                const box = canvas.getBoundingClientRect();
                const step = (at) => {
                    starts.push(at);
                    canvas.dispatchEvent(
                        new WheelEvent('wheel', {
                            deltaY: starts.length % 40 < 20 ? -8 : 8,
                            clientX: box.x + box.width / 2,
                            clientY: box.y + box.height / 2,
                            bubbles: true,
                            cancelable: true,
                        }),
                    );
                    if (starts.length <= wanted) requestAnimationFrame(step);
                    else resolve(starts.slice(1).map((start, index) => start - starts[index]));
                };
                requestAnimationFrame(step);
            }),
        count,
    );
    const ordered = times.toSorted((a, b) => a - b);
    const at = (share) => Number(ordered[Math.floor(share * (ordered.length - 1))].toFixed(1));
    return { frames: ordered.length, medianMillis: at(0.5), p95Millis: at(0.95), longestMillis: at(1) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
    const options = Object.fromEntries(
        ['browser', 'agents', 'edges', 'rate', 'frames'].map((name) => [name, { type: 'string' }]),
    );
    const { values } = parseArgs({ options });
    const server = await serve({
        port: 0,
        agents: Number(values.agents ?? 2000),
        edges: Number(values.edges ?? 5000),
        rate: Number(values.rate ?? 200),
        messages: 20_000,
    });
    const browser = await chromium.launch({
        executablePath: values.browser ?? '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    await page.goto(server.address);
    const graph = page.locator('[data-testid=graph][data-settled=true]');
    await graph.waitFor({ timeout: 120_000 });
    const renderer = await page.evaluate(() => {
        const context = document.createElement('canvas').getContext('webgl');
        const names = context?.getExtension('WEBGL_debug_renderer_info');
        return context === null || !names ? 'software' : context.getParameter(names.UNMASKED_RENDERER_WEBGL);
    });
    const result = {
        nodes: Number(await graph.getAttribute('data-nodes')),
        edges: Number(await graph.getAttribute('data-edges')),
        messagesPerSecond: Number(values.rate ?? 200),
        ...(await framesWhileZooming(page, Number(values.frames ?? 600))),
        browser: browser.version(),
        renderer,
    };
    console.log(JSON.stringify(result));
    await browser.close();
    server.close();
    process.exit(0);
}
