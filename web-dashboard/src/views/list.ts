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
