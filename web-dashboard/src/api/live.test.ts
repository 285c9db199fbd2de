import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket as NodeWebSocket, WebSocketServer } from 'ws';
import { Live, type Connection } from './live';
import type { StreamName } from './types';

/** Speaks just enough STOMP to be subscribed to. */
class Broker {
  readonly server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'v12.stomp' });
  readonly heard: string[] = [];
  private readonly subscriptions = new Map<string, string>();
  private send: (frame: string) => void = () => undefined;

  constructor() {
    this.server.on('connection', (socket) => {
      this.subscriptions.clear();
      this.send = (frame) => socket.send(`${frame}\0`);
      socket.on('message', (data) => {
        for (const frame of String(data).split('\0')) this.take(frame.trimStart());
      });
    });
  }

  get address(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}/live`;
  }

  push(destination: string, body: unknown): void {
    const id = [...this.subscriptions].findLast(([, to]) => to === destination)?.[0];
    this.send(`MESSAGE\nsubscription:${id}\nmessage-id:1\ndestination:${destination}\n\n${JSON.stringify(body)}`);
  }

  drop(): void {
    for (const client of this.server.clients) client.terminate();
  }

  private take(frame: string): void {
    const command = frame.split('\n', 1)[0] ?? '';
    const header = (name: string): string =>
      new RegExp(`^${name}:(.*)$`, 'm').exec(frame)?.[1]?.replaceAll('\\c', ':') ?? '';
    if (command === 'CONNECT' || command === 'STOMP') this.send('CONNECTED\nversion:1.2\nheart-beat:0,0\n\n');
    if (command === 'SUBSCRIBE') {
      this.subscriptions.set(header('id'), header('destination'));
      this.heard.push(header('destination'));
    }
    if (command === 'UNSUBSCRIBE') {
      this.heard.push(`off ${this.subscriptions.get(header('id'))}`);
      this.subscriptions.delete(header('id'));
    }
  }
}

describe('the live connection', () => {
  const before = globalThis.WebSocket as unknown;
  let broker: Broker;
  let live: Live;
  let seen: {
    connections: Connection[];
    restarts: number;
    snapshots: [StreamName, unknown][];
    deltas: [StreamName, unknown][];
  };

  beforeEach(async () => {
    Object.assign(globalThis, { WebSocket: NodeWebSocket });
    broker = new Broker();
    await once(broker.server, 'listening');
    seen = { connections: [], restarts: 0, snapshots: [], deltas: [] };
    live = new Live(broker.address, {
      onConnection: (connection) => seen.connections.push(connection),
      onRestart: () => seen.restarts++,
      onSnapshot: (stream, body) => seen.snapshots.push([stream, body]),
      onDelta: (stream, body) => seen.deltas.push([stream, body]),
    });
  });
  afterEach(() => {
    live.close();
    broker.drop();
    broker.server.close();
    Object.assign(globalThis, { WebSocket: before });
  });

  async function until(holds: () => boolean): Promise<void> {
    const end = Date.now() + 20_000;
    while (!holds()) {
      if (Date.now() > end) throw new Error(`not within 20 s; heard ${broker.heard.join(', ')}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  it('subscribes to each stream before it asks for its snapshot, the network encoded', async () => {
    live.open('a.b/c');
    await until(() => broker.heard.length === 8);
    expect(broker.heard).toEqual(
      ['graph', 'agents', 'alerts', 'metrics'].flatMap((stream) => [
        `/topic/live.a.b%2Fc.${stream}`,
        `/app/live.a.b%2Fc.${stream}`,
      ]),
    );
    expect(seen).toMatchObject({ connections: ['connecting', 'live'], restarts: 1 });
  });

  it('tells snapshots from deltas, and takes one snapshot for each asking', async () => {
    live.open('default');
    await until(() => broker.heard.length === 8);
    broker.push('/topic/live.default.graph', { from: 1, to: 2 });
    broker.push('/app/live.default.graph', { position: 1 });
    await until(() => seen.snapshots.length === 1 && broker.heard.length === 9);
    expect(seen.deltas).toEqual([['graph', { from: 1, to: 2 }]]);
    expect(seen.snapshots).toEqual([['graph', { position: 1 }]]);
    expect(broker.heard.at(-1)).toBe('off /app/live.default.graph');
  });

  it('asks again at once after a gap, and the next time a little later', async () => {
    live.open('default');
    await until(() => broker.heard.length === 8);
    broker.push('/app/live.default.agents', { position: 1 });
    await until(() => seen.snapshots.length === 1);
    live.askAgain('agents');
    live.askAgain('agents');
    await until(() => broker.heard.at(-1) === '/app/live.default.agents');
    broker.push('/app/live.default.agents', { position: 2 });
    await until(() => seen.snapshots.length === 2);
    const asked = Date.now();
    live.askAgain('agents');
    await until(() => broker.heard.filter((heard) => heard === '/app/live.default.agents').length === 3);
    expect(Date.now() - asked).toBeGreaterThan(150);
  });

  it('begins every stream anew when the connection was lost', async () => {
    live.open('default');
    await until(() => broker.heard.length === 8);
    broker.drop();
    await until(() => broker.heard.length === 16);
    expect(seen.connections).toEqual(['connecting', 'live', 'reconnecting', 'live']);
    expect(seen.restarts).toBe(2);
  });

  it('leaves one network before it hears another', async () => {
    live.open('one');
    await until(() => broker.heard.length === 8);
    live.open('two');
    await until(() => broker.heard.filter((heard) => heard.includes('live.two.')).length === 8);
    const left = broker.heard.filter((heard) => heard.startsWith('off /topic/live.one.'));
    expect(left).toHaveLength(4);
    expect(broker.heard.indexOf('/topic/live.two.graph')).toBeGreaterThan(
      broker.heard.indexOf('off /topic/live.one.metrics'),
    );
  });
});
