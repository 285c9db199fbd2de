/** Which rows of a long list are drawn. */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

/** Short lists are drawn whole; of long ones what is in sight and a few rows around it. */
export function visibleRows(
  total: number,
  rowHeight: number,
  scrollTop: number,
  height: number,
  whole = 200,
  around = 8,
): Slice {
  if (total <= whole) return { from: 0, to: total };
  const from = Math.min(Math.max(0, Math.floor(scrollTop / rowHeight) - around), Math.max(0, total - 1));
  return { from, to: Math.min(total, Math.ceil((scrollTop + height) / rowHeight) + around) };
}

/**
 * Rows in an order that was held, those that came since behind them: a list that someone points at must not move under the pointer. Rows that
 * left `rows` stay where `gone` still knows them.
 */
export function steady<T>(
  rows: readonly T[],
  key: (row: T) => string,
  held: readonly string[] | undefined,
  gone: (id: string) => T | undefined = () => undefined,
): readonly T[] {
  if (held === undefined) return rows;
  const byKey = new Map(rows.map((row) => [key(row), row]));
  const kept = held.flatMap((id) => byKey.get(id) ?? gone(id) ?? []);
  const known = new Set(held);
  return [...kept, ...rows.filter((row) => !known.has(key(row)))];
}
