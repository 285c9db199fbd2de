/** What a link to the page carries: whoever opens it sees the same network, agent and alert. */
export interface Link {
  readonly network?: string;
  readonly agent?: string;
  readonly alert?: string;
}

const keys = ['network', 'agent', 'alert'] as const;

export function parseLink(search: string): Link {
  const parameters = new URLSearchParams(search);
  const link: { -readonly [K in keyof Link]: Link[K] } = {};
  for (const key of keys) {
    const value = parameters.get(key);
    if (value !== null && value !== '') link[key] = value;
  }
  return link;
}

/** The query string for a link; parameters that are not ours stay. */
export function formatLink(link: Link, search = ''): string {
  const parameters = new URLSearchParams(search);
  for (const key of keys) parameters.delete(key);
  for (const key of keys) {
    const value = link[key];
    if (value !== undefined && value !== '') parameters.set(key, value);
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
