/** Pure geometry of the drawing, in CSS pixels. */

export interface Curve {
  readonly x1: number;
  readonly y1: number;
  /** Control point of the quadratic curve; halfway where the edge is straight. */
  readonly cx: number;
  readonly cy: number;
  readonly x2: number;
  readonly y2: number;
  /** Unit vector in which the edge arrives. */
  readonly ux: number;
  readonly uy: number;
}

/**
 * The way from the rim of one circle to the rim of another. `bend` is the distance of the control point from the straight line, to the
 * left of the way, so that the two directions between a pair do not lie on one another. Nothing where the circles touch.
 */
export function edgeCurve(
  source: { x: number; y: number; r: number },
  target: { x: number; y: number; r: number },
  bend: number,
): Curve | undefined {
  const dx = target.x - source.x;
  const dy = target.y - source.y;
  const length = Math.hypot(dx, dy);
  if (length <= source.r + target.r + 1) return undefined;
  const cx = (source.x + target.x) / 2 + (dy / length) * bend;
  const cy = (source.y + target.y) / 2 - (dx / length) * bend;
  const half = Math.hypot(cx - source.x, cy - source.y);
  const ux = (target.x - cx) / half;
  const uy = (target.y - cy) / half;
  return {
    x1: source.x + ((cx - source.x) / half) * source.r,
    y1: source.y + ((cy - source.y) / half) * source.r,
    cx,
    cy,
    x2: target.x - ux * target.r,
    y2: target.y - uy * target.r,
    ux,
    uy,
  };
}

/** How far an edge bends away from the straight line; parallel edges take lanes further out. */
export function bendOf(lane: number, length: number): number {
  return Math.min(14 + 14 * lane, length * (0.12 + 0.1 * lane));
}

export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export interface View {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}

/** The zoom that shows a box in the middle of a space, with a margin and not closer than `closest`. */
export function fitView(box: Box, width: number, height: number, margin = 48, closest = 2): View {
  const k = Math.min(
    closest,
    Math.max(1, width - 2 * margin) / Math.max(1, box.x1 - box.x0),
    Math.max(1, height - 2 * margin) / Math.max(1, box.y1 - box.y0),
  );
  return { k, x: width / 2 - (k * (box.x0 + box.x1)) / 2, y: height / 2 - (k * (box.y0 + box.y1)) / 2 };
}

export interface LabelWish {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Those of the labels, best first, that lie on no better one. O(n · cells of a label). */
export function thinLabels(wishes: readonly LabelWish[], cell = 24): ReadonlySet<string> {
  const grid = new Map<string, LabelWish[]>();
  const kept = new Set<string>();
  for (const wish of wishes) {
    const cells = cellsOf(wish, cell);
    if (cells.some((at) => grid.get(at)?.some((other) => overlap(wish, other)) ?? false)) continue;
    kept.add(wish.id);
    for (const at of cells) {
      const there = grid.get(at);
      if (there === undefined) grid.set(at, [wish]);
      else there.push(wish);
    }
  }
  return kept;
}

function overlap(a: LabelWish, b: LabelWish): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function cellsOf(wish: LabelWish, cell: number): string[] {
  const cells: string[] = [];
  for (let column = Math.floor(wish.x / cell); column <= Math.floor((wish.x + wish.width) / cell); column++) {
    for (let row = Math.floor(wish.y / cell); row <= Math.floor((wish.y + wish.height) / cell); row++) {
      cells.push(`${column} ${row}`);
    }
  }
  return cells;
}
