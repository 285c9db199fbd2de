export type Theme = 'auto' | 'light' | 'dark';

const key = 'skein.theme';
const order: readonly Theme[] = ['auto', 'light', 'dark'];

/** The chosen theme; without a choice the system's, and as the system changes. */
export class ThemeChoice {
  chosen: Theme = $state(stored());
  /** Counts changes of what is seen, so that drawings know when to read their colours again. */
  changes = $state(0);

  constructor() {
    this.apply();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.changes++);
  }

  next(): void {
    this.chosen = order[(order.indexOf(this.chosen) + 1) % order.length] ?? 'auto';
    try {
      localStorage.setItem(key, this.chosen);
    } catch {
      // A browser that stores nothing still shows the choice until the page is closed.
    }
    this.apply();
    this.changes++;
  }

  private apply(): void {
    if (this.chosen === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = this.chosen;
  }
}

function stored(): Theme {
  try {
    const value = localStorage.getItem(key);
    return value === 'light' || value === 'dark' ? value : 'auto';
  } catch {
    return 'auto';
  }
}
