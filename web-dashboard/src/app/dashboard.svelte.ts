import { Live } from '../api/live';
import type { Connection } from '../api/live';
import { Problem, RestClient } from '../api/rest';
import { streamNames, type Alert, type StreamName } from '../api/types';
import { focus } from '../state/focus';
import { headline } from '../state/headline';
import { formatLink, parseLink } from '../state/link';
import { emptyView, isLoaded, positionOf, reconnected, withDelta, withSnapshot } from '../state/network';
import type { NetworkView } from '../state/network';
import { isOpen, isSerious, rankAgents, rankAlerts } from '../state/ranking';
import { readings } from '../state/readings';
import { agentWords, patternWords, severityWords } from '../state/words';
import { graphModel } from '../views/graph/model';

export type AlertAction = 'acknowledge' | 'resolve' | 'dismiss';

/** Longest time that a change waits to be shown when the browser draws no frames, as in a hidden tab. */
const showWithinMillis = 250;

/** The page's one model: takes what the server says into the store, shows it at most once a frame, and keeps the link true. */
export class Dashboard {
  readonly rest: RestClient;
  private readonly live: Live;

  /** What is shown; `latest` is what is known, ahead of it by at most a frame. */
  view: NetworkView = $state.raw(emptyView('default'));
  private latest: NetworkView = this.view;
  private showing = false;

  connection: Connection = $state('connecting');
  networks: readonly string[] = $state.raw([]);
  selectedAgentId: string | undefined = $state();
  selectedAlertId: string | undefined = $state();
  agentFilter = $state('');
  /** The server's time, to the second. */
  now = $state(Date.now());
  /** The newest alert, for those who hear the page. */
  announcement = $state.raw({ polite: '', assertive: '' });
  /** An alert that the link names and the stream no longer holds. */
  private oldAlert: Alert | undefined = $state.raw();

  readonly position = $derived(positionOf(this.view));
  readonly loaded = $derived(isLoaded(this.view));
  readonly alerts = $derived(rankAlerts(this.view.alerts.state.values()));
  readonly openAlerts = $derived(this.alerts.filter(isOpen));
  readonly agents = $derived(rankAgents(this.view.agents.state.values(), this.agentFilter));
  readonly quarantined = $derived([...this.view.agents.state.values()].filter((agent) => agent.quarantined).length);
  readonly readings = $derived(readings(this.view.metrics.state, this.now));
  readonly selectedAlert = $derived(
    this.selectedAlertId === undefined
      ? undefined
      : (this.view.alerts.state.get(this.selectedAlertId) ??
          (this.oldAlert?.alertId === this.selectedAlertId ? this.oldAlert : undefined)),
  );
  readonly focus = $derived(focus(this.view.alerts.state.values(), this.selectedAlert, this.selectedAgentId));
  readonly model = $derived(
    graphModel(this.view.graph.state, this.view.agents.state, this.focus, this.view.graph.position ?? 0),
  );
  readonly headline = $derived(
    headline({
      connection: this.connection,
      loaded: this.loaded,
      position: this.position,
      messages: this.view.graph.state.messageCount,
      alerts: this.view.alerts.state.values(),
      quarantined: this.quarantined,
    }),
  );

  constructor(rest = new RestClient()) {
    this.rest = rest;
    this.live = new Live(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live`, {
      onConnection: (connection) => (this.connection = connection),
      onRestart: () => {
        this.latest = reconnected(this.latest);
        void this.findNetworks();
      },
      onSnapshot: (stream, body) => {
        this.take(stream, withSnapshot(this.latest, stream, body));
        const chosen = this.selectedAlertId;
        if (stream === 'alerts' && chosen !== undefined && !this.latest.alerts.state.has(chosen))
          void this.findOldAlert(chosen);
      },
      onDelta: (stream, body) => this.take(stream, withDelta(this.latest, stream, body)),
    });
  }

  async start(): Promise<void> {
    setInterval(() => (this.now = Date.now() + this.rest.clockOffsetMillis), 1000);
    addEventListener('popstate', () => this.followLink());
    const link = parseLink(location.search);
    let network = link.network;
    if (network === undefined) {
      await this.findNetworks();
      network = this.networks.includes('default') ? 'default' : (this.networks[0] ?? 'default');
    }
    this.selectedAgentId = link.agent;
    this.selectedAlertId = link.alert;
    this.open(network);
    this.writeLink(false);
  }

  /** A new network appears with its first message; the list is asked for when someone looks at it. */
  async findNetworks(): Promise<void> {
    try {
      const networks = await this.rest.networks();
      this.networks = [...networks].sort();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
    }
  }

  chooseNetwork(network: string): void {
    if (network === this.view.networkId) return;
    this.selectedAgentId = undefined;
    this.selectedAlertId = undefined;
    this.agentFilter = '';
    this.open(network);
    this.writeLink(true);
  }

  selectAgent(agentId: string | undefined): void {
    this.selectedAgentId = agentId === this.selectedAgentId ? undefined : agentId;
    this.writeLink(true);
  }

  selectAlert(alertId: string | undefined): void {
    this.selectedAlertId = alertId === this.selectedAlertId ? undefined : alertId;
    this.writeLink(true);
  }

  clearSelection(): void {
    if (this.selectedAgentId === undefined && this.selectedAlertId === undefined) return;
    this.selectedAgentId = undefined;
    this.selectedAlertId = undefined;
    this.writeLink(true);
  }

  /** Asks the server; the alert itself changes by push. Throws a {@link Problem}. */
  async act(alertId: string, action: AlertAction, reason: string): Promise<void> {
    switch (action) {
      case 'acknowledge':
        return this.rest.acknowledge(alertId);
      case 'resolve':
        return this.rest.resolve(alertId, reason);
      case 'dismiss':
        return this.rest.dismiss(alertId, reason);
    }
  }

  private open(network: string): void {
    this.latest = emptyView(network);
    this.view = this.latest;
    this.live.open(network);
  }

  private take(stream: StreamName, next: NetworkView): void {
    if (stream === 'alerts') this.announce(this.latest, next);
    this.latest = next;
    if (next[stream].waiting && next[stream].position !== undefined) this.live.askAgain(stream);
    else if (!next[stream].waiting) this.live.settled(stream);
    this.show();
  }

  /** Once a frame at most, however many deltas arrive. */
  private show(): void {
    if (this.showing) return;
    this.showing = true;
    const show = (): void => {
      if (!this.showing) return;
      this.showing = false;
      clearTimeout(timer);
      cancelAnimationFrame(frame);
      this.view = this.latest;
    };
    const timer = setTimeout(show, showWithinMillis);
    const frame = requestAnimationFrame(show);
  }

  /** Alerts that were there when the page came are shown; those that come while it is open are spoken. */
  private announce(before: NetworkView, after: NetworkView): void {
    if (before.alerts.position === undefined || before.alerts.waiting || after.alerts.state === before.alerts.state)
      return;
    for (const alert of after.alerts.state.values()) {
      if (!isOpen(alert) || before.alerts.state.has(alert.alertId)) continue;
      const words = `New ${severityWords[alert.severity].toLowerCase()} alert: ${patternWords(alert.pattern)}, ${agentWords(alert)}`;
      this.announcement = isSerious(alert) ? { polite: '', assertive: words } : { polite: words, assertive: '' };
    }
  }

  private async findOldAlert(alertId: string): Promise<void> {
    try {
      this.oldAlert = await this.rest.alert(alertId);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
    }
  }

  private followLink(): void {
    const link = parseLink(location.search);
    if (link.network !== undefined && link.network !== this.view.networkId) this.open(link.network);
    this.selectedAgentId = link.agent;
    this.selectedAlertId = link.alert;
  }

  private writeLink(step: boolean): void {
    const link = {
      network: this.view.networkId,
      ...(this.selectedAgentId === undefined ? {} : { agent: this.selectedAgentId }),
      ...(this.selectedAlertId === undefined ? {} : { alert: this.selectedAlertId }),
    };
    const search = formatLink(link, location.search);
    if (search === location.search) return;
    const address = `${location.pathname}${search}${location.hash}`;
    if (step) history.pushState(null, '', address);
    else history.replaceState(null, '', address);
  }

  /** Each stream with its own position, for the curious. */
  readonly positions = $derived(
    streamNames.map((stream) => `${stream}: ${this.view[stream].position ?? 'none'}`).join('\n'),
  );
}
