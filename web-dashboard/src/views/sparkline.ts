import { line, max, scaleLinear } from 'd3';

/** The path of a sparkline in a box of the given size; gaps where there is no value. The floor is zero, the ceiling at least `ceiling`. */
export function sparkline(values: readonly (number | undefined)[], width: number, height: number, ceiling = 0): string {
  const x = scaleLinear([0, Math.max(1, values.length - 1)], [1, width - 1]);
  const top = Math.max(ceiling, max(values, (value) => value ?? 0) ?? 0);
  const y = scaleLinear([0, top === 0 ? 1 : top], [height - 1.5, 1.5]);
  const path = line<number | undefined>()
    .defined((value) => value !== undefined)
    .x((_, index) => x(index))
    .y((value) => y(value ?? 0))
    .digits(1);
  return path([...values]) ?? '';
}
