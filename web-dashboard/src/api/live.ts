import { Client, ReconnectionTimeMode, type IMessage, type StompSubscription } from '@stomp/stompjs';
import { streamNames, type StreamName } from './types';

export type Connection = 'connecting' | 'live' | 'reconnecting';

export interface LiveListener {
  onConnection(connection: Connection): void;
  /** A connection stands and every stream begins anew: what was held belongs to the one before. */
  onRestart(): void;
  onSnapshot(stream: StreamName, body: unknown): void;
  onDelta(stream: StreamName, body: unknown): void;
}

const snapshotDeadlineMillis = 10_000;
const heartbeatMillis = 10_000;

/** The four live streams of one network over one STOMP connection, which is kept up until closed. */
export class Live {
  private readonly client: Client;
  private readonly topics = new Map<StreamName, StompSubscription>();
  private readonly asked = new Map<
    StreamName,
    { subscription: StompSubscription; deadline: ReturnType<typeof setTimeout> }
  >();
  private readonly askAgainAt = new Map<StreamName, ReturnType<typeof setTimeout>>();
  private readonly misses = new Map<StreamName, number>();
  private network: string | undefined;

  constructor(
    address: string,
    private readonly listener: LiveListener,
  ) {
    this.client = new Client({
      brokerURL: address,
      reconnectDelay: 500,
      maxReconnectDelay: 10_000,
      reconnectTimeMode: ReconnectionTimeMode.EXPONENTIAL,
      connectionTimeout: 10_000,
      heartbeatIncoming: heartbeatMillis,
      heartbeatOutgoing: heartbeatMillis,
      onConnect: () => {
        this.forget();
        this.listener.onConnection('live');
        this.subscribe();
      },
      onWebSocketClose: () => {
        this.forget();
        if (this.client.active) this.listener.onConnection('reconnecting');
      },
    });
  }

  /** Opens, or moves to another network. */
  open(network: string): void {
    if (this.network === network) return;
    this.network = network;
    if (this.client.connected) {
      this.unsubscribe();
      this.subscribe();
    } else if (!this.client.active) {
      this.listener.onConnection('connecting');
      this.client.activate();
    }
  }

  /** Asks for a stream's snapshot again; the second time in a row it waits, so that a server behind its own deltas is not flooded. */
  askAgain(stream: StreamName): void {
    if (!this.client.connected || this.asked.has(stream) || this.askAgainAt.has(stream)) return;
    const misses = this.misses.get(stream) ?? 0;
    this.misses.set(stream, misses + 1);
    const wait = misses === 0 ? 0 : Math.min(5000, 100 * 2 ** misses);
    this.askAgainAt.set(
      stream,
      setTimeout(() => {
        this.askAgainAt.delete(stream);
        this.ask(stream);
      }, wait),
    );
  }

  /** The stream runs without a gap. */
  settled(stream: StreamName): void {
    this.misses.delete(stream);
  }

  close(): void {
    this.forget();
    void this.client.deactivate();
  }

  private subscribe(): void {
    this.listener.onRestart();
    for (const stream of streamNames) {
      this.topics.set(
        stream,
        this.client.subscribe(`/topic/${this.destination(stream)}`, (message) => {
          const body = json(message);
          if (body !== undefined) this.listener.onDelta(stream, body);
        }),
      );
      this.ask(stream);
    }
  }

  private ask(stream: StreamName): void {
    if (!this.client.connected) return;
    this.stopAsking(stream);
    const subscription = this.client.subscribe(`/app/${this.destination(stream)}`, (message) => {
      const body = json(message);
      this.stopAsking(stream);
      if (body === undefined) this.askAgain(stream);
      else this.listener.onSnapshot(stream, body);
    });
    const deadline = setTimeout(() => this.ask(stream), snapshotDeadlineMillis);
    this.asked.set(stream, { subscription, deadline });
  }

  private stopAsking(stream: StreamName): void {
    const asked = this.asked.get(stream);
    if (asked === undefined) return;
    clearTimeout(asked.deadline);
    if (this.client.connected) asked.subscription.unsubscribe();
    this.asked.delete(stream);
  }

  private unsubscribe(): void {
    for (const stream of streamNames) this.stopAsking(stream);
    for (const topic of this.topics.values()) topic.unsubscribe();
    this.forget();
  }

  private forget(): void {
    for (const { deadline } of this.asked.values()) clearTimeout(deadline);
    for (const timer of this.askAgainAt.values()) clearTimeout(timer);
    this.asked.clear();
    this.askAgainAt.clear();
    this.misses.clear();
    this.topics.clear();
  }

  private destination(stream: StreamName): string {
    return `live.${encodeURIComponent(this.network ?? 'default')}.${stream}`;
  }
}

function json(message: IMessage): unknown {
  try {
    return JSON.parse(message.body);
  } catch {
    return undefined;
  }
}
