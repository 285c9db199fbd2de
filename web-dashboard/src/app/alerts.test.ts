// @vitest-environment happy-dom
import { flushSync, mount, unmount } from 'svelte';
import { readFileSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../api/rest';
import type { Alert } from '../api/types';
import { agent, alert } from '../state/fixtures';
import AgentRow from './AgentRow.svelte';
import AlertRow from './AlertRow.svelte';
import type { AlertAction, Dashboard } from './dashboard.svelte';

const sharp = '<img src=x onerror="alert(1)">';

/** What a row needs of the page's model, and what it asked for. */
function pageWith(act: (action: AlertAction, reason: string) => Promise<void> = () => Promise.resolve()) {
  const asked: [AlertAction, string][] = [];
  const dashboard = {
    now: Date.parse('2026-11-23T10:02:00Z'),
    selectedAgentId: undefined,
    selectAgent: () => undefined,
    selectAlert: () => undefined,
    act: (_: string, action: AlertAction, reason: string) => {
      asked.push([action, reason]);
      return act(action, reason);
    },
  } as unknown as Dashboard;
  return { dashboard, asked };
}

let target: HTMLElement;
let shown: Record<string, unknown> | undefined;
beforeEach(() => {
  target = document.createElement('div');
  document.body.append(target);
});
afterEach(() => {
  if (shown !== undefined) void unmount(shown);
  shown = undefined;
  target.remove();
});

function showAlert(row: Alert, page = pageWith(), selected = true) {
  shown = mount(AlertRow, { target, props: { dashboard: page.dashboard, alert: row, selected } });
  flushSync();
  return page;
}

const find = (id: string): HTMLElement => {
  const found = target.querySelector<HTMLElement>(`[data-testid=${id}]`);
  if (found === null) throw new Error(`${id} is not on the page`);
  return found;
};

describe('an alert', () => {
  it('says severity, pattern, agents, description, age, state and evidence', () => {
    showAlert(
      alert('x', {
        evidence: [{ messageId: 'm-80', position: 1412 }],
        detector: { name: 'open-request-chain', version: '1' },
        owasp: 'ASI08',
      }),
    );
    const words = target.textContent ?? '';
    for (const word of [
      'Critical',
      'Routing loop',
      'a → b → c → a',
      'A task went round.',
      '2 min',
      'new',
      '1,412',
      'm-80',
      'open-request-chain',
      'ASI08',
      'fact',
    ]) {
      expect(words).toContain(word);
    }
  });

  it('shows what agents wrote as text, never as markup', () => {
    showAlert(
      alert('x', { description: sharp, agents: [sharp, 'b', 'c'], evidence: [{ messageId: sharp, position: 1 }] }),
    );
    expect(target.querySelector('img')).toBeNull();
    expect(target.textContent).toContain(sharp);
  });

  it('is acknowledged by one press', async () => {
    const { asked } = showAlert(alert('x'));
    find('acknowledge').click();
    await Promise.resolve();
    expect(asked).toEqual([['acknowledge', '']]);
  });

  it('is dismissed only with a reason', () => {
    const { asked } = showAlert(alert('x'));
    find('dismiss').click();
    flushSync();
    expect(find('confirm').hasAttribute('disabled')).toBe(true);
    const reason = find('reason') as HTMLInputElement;
    reason.value = '  a test  ';
    reason.dispatchEvent(new Event('input', { bubbles: true }));
    flushSync();
    expect(find('confirm').hasAttribute('disabled')).toBe(false);
    target.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
    expect(asked).toEqual([['dismiss', 'a test']]);
  });

  it('says why the server refused, and can be asked again', async () => {
    showAlert(
      alert('x'),
      pageWith(() => Promise.reject(new Problem(409, 'not_allowed_now', 'alert x is resolved'))),
    );
    find('acknowledge').click();
    await new Promise((resolve) => setTimeout(resolve));
    flushSync();
    expect(target.querySelector('[role=alert]')?.textContent).toBe('Could not acknowledge: alert x is resolved');
    expect(find('acknowledge').hasAttribute('disabled')).toBe(false);
  });

  it('has nothing to press once it is closed, and says who closed it and why', () => {
    showAlert(alert('x', { state: 'dismissed', by: 'anna', reason: 'a drill' }));
    expect(target.querySelector('[data-testid=dismiss]')).toBeNull();
    expect(target.textContent).toContain('Dismissed as a false positive by anna');
    expect(target.textContent).toContain('a drill');
  });

  it('opens by a button that says whether it is open', () => {
    showAlert(alert('x'), pageWith(), false);
    expect(target.querySelector('button')?.getAttribute('aria-expanded')).toBe('false');
    expect(target.querySelector('[data-testid=alert-detail]')).toBeNull();
    expect(find('alert-row').dataset).toMatchObject({
      alert: 'x',
      pattern: 'routing_loop',
      severity: 'critical',
      state: 'raised',
    });
  });
});

describe('an agent', () => {
  it('shows its lower bound of trust and its quarantine', () => {
    shown = mount(AgentRow, {
      target,
      props: { agent: agent(sharp, { trustLow: 17.6, quarantined: true }), selected: false, onselect: () => undefined },
    });
    expect(find('agent-row').dataset['agent']).toBe(sharp);
    expect(target.textContent).toContain('quarantined');
    expect(target.textContent).toContain('18');
    expect(target.querySelector('img')).toBeNull();
  });
});

describe('the page', () => {
  it('has no way to turn text into markup, and no address but its own', () => {
    const sources = (readdirSync('src', { recursive: true }) as string[]).filter(
      (file) => /\.(svelte|ts|css)$/.test(file) && !file.endsWith('.test.ts'),
    );
    expect(sources.length).toBeGreaterThan(30);
    for (const file of [...sources.map((name) => `src/${name}`), 'index.html']) {
      const text = readFileSync(file, 'utf8');
      expect(text, file).not.toMatch(/\{@html|innerHTML|insertAdjacentHTML|\beval\(|new Function/);
      expect(text.replaceAll('http://www.w3.org/2000/svg', ''), file).not.toMatch(/['"(]https?:\/\/[a-z]/);
      expect(text, file).not.toMatch(/\sstyle="/);
    }
  });
});
