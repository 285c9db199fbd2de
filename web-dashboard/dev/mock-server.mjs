// Stands in for the server while the page is developed: the calls of docs/api.md that the page makes, with a made-up fleet, on loopback.
// node dev/mock-server.mjs [--port 8080] [--agents 40] [--edges 110] [--rate 8] [--empty] [--quiet]
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { WebSocketServer } from 'ws';
import { Fleet } from './fleet.mjs';

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const assets = fileURLToPath(new URL('../dist/', import.meta.url));
const streams = ['graph', 'agents', 'alerts', 'metrics'];

export function serve({
    port = 8080,
    agents = 40,
    edges = 110,
    messages = 4000,
    rate = 8,
    empty = false,
    quiet = false,
} = {}) {
    const fleet = new Fleet({ agents, edges, messages, seeded: !empty });
    if (quiet) for (const id of fleet.alerts.keys()) fleet.change(id, 'resolved', 'over');
    const sockets = new Set();
    const pushed = Object.fromEntries(streams.map((stream) => [stream, fleet.position]));

    const http = createServer(async (request, response) => {
        const { pathname } = new URL(request.url, 'http://localhost');
        const json = (status, body) =>
            response
                .writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' })
                .end(JSON.stringify(body));
        if (pathname === '/v1/networks') return json(200, fleet.position > 0 ? ['default', 'harbour'] : ['harbour']);
        const act = /^\/v1\/alerts\/([^/]+)\/(acknowledge|resolve|dismiss)$/.exec(pathname);
        if (act !== null && request.method === 'POST') {
            let body = '';
            for await (const chunk of request) body += chunk;
            const state = { acknowledge: 'acknowledged', resolve: 'resolved', dismiss: 'dismissed' }[act[2]];
            const id = decodeURIComponent(act[1]);
            return fleet.change(id, state, body === '' ? undefined : JSON.parse(body).reason)
                ? json(200, { alertId: id })
                : json(404, { reason: 'not_found', detail: `alert ${id} is not known` });
        }
        if (pathname.startsWith('/v1/')) return json(404, { reason: 'not_found', detail: `${pathname} is not known` });
        const file = normalize(join(assets, pathname === '/' ? 'index.html' : pathname));
        try {
            if (!file.startsWith(assets)) throw new Error('outside');
            response
                .writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
                .end(await readFile(file));
        } catch {
            response.writeHead(404).end();
        }
    });

    const sockets_ = new WebSocketServer({ server: http, path: '/live', handleProtocols: () => 'v12.stomp' });
    sockets_.on('connection', (socket) => {
        const client = { socket, subscriptions: new Map() };
        sockets.add(client);
        socket.on('close', () => sockets.delete(client));
        socket.on('message', (data) => {
            for (const frame of String(data).split('\0')) receive(client, frame.replace(/^\n+/, ''));
        });
    });

    function receive(client, frame) {
        if (frame === '') return;
        const [command, ...lines] = frame.split('\n\n')[0].split('\n');
        const headers = Object.fromEntries(
            lines.map((line) => [
                line.slice(0, line.indexOf(':')),
                line.slice(line.indexOf(':') + 1).replaceAll('\\c', ':'),
            ]),
        );
        if (command === 'CONNECT' || command === 'STOMP')
            client.socket.send('CONNECTED\nversion:1.2\nheart-beat:0,0\n\n\0');
        if (command === 'UNSUBSCRIBE') client.subscriptions.delete(headers.id);
        if (command === 'SUBSCRIBE') {
            const stream = headers.destination.split('.').at(-1);
            const mine = headers.destination.includes(`live.${fleet.networkId}.`);
            if (headers.destination.startsWith('/app/')) {
                const blank = {
                    graph: { networkId: 'harbour', nodeCount: 0, edgeCount: 0, messageCount: 0, nodes: [], edges: [] },
                }[stream] ?? { items: [] };
                const state = mine ? fleet.rows(stream) : blank;
                push(client, headers.id, headers.destination, { stream, position: mine ? pushed[stream] : 0, state });
            } else if (mine) client.subscriptions.set(headers.id, { stream, destination: headers.destination });
        }
    }

    function push(client, subscription, destination, body) {
        client.socket.send(
            `MESSAGE\nsubscription:${subscription}\nmessage-id:${Math.random()}\ndestination:${destination}\ncontent-type:application/json\n\n${JSON.stringify(body)}\0`,
        );
    }

    let due = 0;
    const timer = setInterval(() => {
        for (due += rate / 10; due >= 1; due--) if (!empty) fleet.send(fleet.pick());
        for (const stream of streams) {
            if (pushed[stream] >= fleet.position) continue;
            const delta = {
                stream,
                from: pushed[stream],
                to: fleet.position,
                changes: fleet.rows(stream, pushed[stream]),
            };
            pushed[stream] = fleet.position;
            for (const client of sockets) {
                for (const [id, subscription] of client.subscriptions)
                    if (subscription.stream === stream) push(client, id, subscription.destination, delta);
            }
        }
    }, 100);

    return new Promise((resolve) =>
        http.listen(port, '127.0.0.1', () =>
            resolve({
                fleet,
                address: `http://127.0.0.1:${http.address().port}`,
                drop: () => sockets.forEach(({ socket }) => socket.terminate()),
                close: () => (clearInterval(timer), sockets.forEach(({ socket }) => socket.terminate()), http.close()),
            }),
        ),
    );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
    const { values } = parseArgs({
        options: {
            port: { type: 'string' },
            agents: { type: 'string' },
            edges: { type: 'string' },
            rate: { type: 'string' },
            empty: { type: 'boolean' },
            quiet: { type: 'boolean' },
        },
    });
    const { address } = await serve({
        port: Number(values.port ?? 8080),
        agents: Number(values.agents ?? 40),
        edges: Number(values.edges ?? 110),
        rate: Number(values.rate ?? 8),
        empty: values.empty ?? false,
        quiet: values.quiet ?? false,
    });
    console.log(`the made-up fleet listens at ${address}`);
}
