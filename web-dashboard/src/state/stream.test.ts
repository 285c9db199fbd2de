import { describe, expect, it } from 'vitest';
import type { Delta, Snapshot } from '../api/types';
import { begin, resume, takeDelta, takeSnapshot } from './stream';
import type { Stream, StreamRules } from './stream';

type State = Readonly<Record<string, number>>;
/** Rows with whole values: key → the position of the event that wrote it. */
const rules: StreamRules<State, State, State> = {
  empty: {},
  load: (raw) => raw,
  change: (state, changes) => ({ ...state, ...changes }),
};
const snapshot = (position: number, state: State): Snapshot<State> => ({ stream: 'agents', position, state });
const delta = (from: number, to: number, changes: State): Delta<State> => ({ stream: 'agents', from, to, changes });
const live = (position: number, state: State): Stream<State, State> =>
  takeSnapshot(rules, begin(rules), snapshot(position, state));

describe('a live stream', () => {
  it('holds what arrives before the snapshot and continues the snapshot with it', () => {
    let stream: Stream<State, State> = begin(rules);
    stream = takeDelta(rules, stream, delta(3, 5, { a: 5 }));
    stream = takeDelta(rules, stream, delta(5, 7, { b: 7 }));
    expect(stream).toMatchObject({ state: {}, position: undefined, waiting: true });
    stream = takeSnapshot(rules, stream, snapshot(4, { a: 4, c: 1 }));
    expect(stream).toEqual({ state: { a: 5, b: 7, c: 1 }, position: 7, waiting: false, held: [] });
  });

  it('applies a delta that begins at or before its own position and ends after it', () => {
    expect(takeDelta(rules, live(4, { a: 4 }), delta(4, 6, { a: 6 }))).toMatchObject({ state: { a: 6 }, position: 6 });
    expect(takeDelta(rules, live(4, { a: 4 }), delta(2, 6, { a: 6 }))).toMatchObject({ state: { a: 6 }, position: 6 });
  });

  it('drops a delta that ends at or before its own position', () => {
    const stream = live(6, { a: 6 });
    expect(takeDelta(rules, stream, delta(2, 6, { a: 5 }))).toBe(stream);
    expect(takeDelta(rules, stream, delta(1, 3, { a: 1 }))).toBe(stream);
  });

  it('waits for another snapshot after a gap, and loses nothing of what came meanwhile', () => {
    let stream = takeDelta(rules, live(4, { a: 4 }), delta(6, 8, { b: 8 }));
    expect(stream).toMatchObject({ state: { a: 4 }, position: 4, waiting: true });
    stream = takeDelta(rules, stream, delta(8, 9, { c: 9 }));
    stream = takeSnapshot(rules, stream, snapshot(7, { a: 7, b: 5 }));
    expect(stream).toEqual({ state: { a: 7, b: 8, c: 9 }, position: 9, waiting: false, held: [] });
  });

  it('waits on when the snapshot is older than the gap', () => {
    let stream = takeDelta(rules, live(4, { a: 4 }), delta(6, 8, { b: 8 }));
    stream = takeDelta(rules, stream, delta(8, 9, { c: 9 }));
    stream = takeSnapshot(rules, stream, snapshot(5, { a: 5 }));
    expect(stream).toMatchObject({ position: 5, waiting: true });
    expect(stream.held).toHaveLength(2);
    expect(takeSnapshot(rules, stream, snapshot(8, { a: 5, b: 8 }))).toMatchObject({
      state: { a: 5, b: 8, c: 9 },
      position: 9,
      waiting: false,
    });
  });

  it('changes nothing when a delta comes twice', () => {
    const once = takeDelta(rules, live(1, {}), delta(1, 2, { a: 2 }));
    expect(takeDelta(rules, once, delta(1, 2, { a: 2 }))).toBe(once);
  });

  it('goes back to a snapshot that is older than what is shown only after its connection began anew', () => {
    const stream = live(9, { a: 9 });
    expect(takeSnapshot(rules, stream, snapshot(3, { a: 3 }))).toBe(stream);
    expect(takeSnapshot(rules, resume(stream), snapshot(3, { a: 3 }))).toMatchObject({ state: { a: 3 }, position: 3 });
  });

  it('shows what it had while the connection is made anew', () => {
    expect(resume(live(9, { a: 9 }))).toEqual({ state: { a: 9 }, position: 9, waiting: true, held: [] });
  });

  it('shows at every moment the truth of its position, whatever is lost or repeated on the way', () => {
    let seed = 11;
    const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
    for (let run = 0; run < 300; run++) {
      const truth: Record<string, number> = {};
      const history: Record<string, number>[] = [{}];
      let position = 0;
      let sent = 0;
      let stream: Stream<State, State> = begin(rules);
      const late: Snapshot<State>[] = [];
      for (let step = 0; step < 60; step++) {
        position++;
        truth[`k${Math.floor(random() * 6)}`] = position;
        history.push({ ...truth });
        if (random() < 0.5) {
          const from = sent;
          sent = position;
          const changes = Object.fromEntries(Object.entries(truth).filter(([, at]) => at > from));
          if (random() < 0.85) stream = takeDelta(rules, stream, delta(from, sent, changes));
          if (random() < 0.2) stream = takeDelta(rules, stream, delta(from, sent, changes));
        }
        if (stream.waiting && random() < 0.3) late.push(snapshot(position, { ...truth }));
        const arrived = random() < 0.4 ? late.shift() : undefined;
        if (arrived !== undefined) stream = takeSnapshot(rules, stream, arrived);
        if (stream.position !== undefined) expect(stream.state).toEqual(history[stream.position]);
      }
      const rest = Object.fromEntries(Object.entries(truth).filter(([, at]) => at > sent));
      stream = takeDelta(rules, stream, delta(sent, position + 1, rest));
      if (stream.waiting) stream = takeSnapshot(rules, stream, snapshot(position + 1, { ...truth }));
      expect(stream.state).toEqual(truth);
      expect(stream.position).toBe(position + 1);
    }
  });
});
