import type { Delta, Snapshot } from '../api/types';

/**
 * One live stream as the page holds it. `position` is the log position at which `state` is true, and is absent until the first
 * snapshot. While `waiting` for a snapshot, deltas are held.
 */
export interface Stream<S, C> {
  readonly state: S;
  readonly position: number | undefined;
  readonly waiting: boolean;
  readonly held: readonly Delta<C>[];
}

/** How the rows of one stream are made from a snapshot and changed by a delta. Both are pure. */
export interface StreamRules<S, R, C> {
  readonly empty: S;
  load(raw: R): S;
  change(state: S, changes: C): S;
}

/** A stream before anything was heard. */
export function begin<S, R, C>(rules: StreamRules<S, R, C>): Stream<S, C> {
  return { state: rules.empty, position: undefined, waiting: true, held: [] };
}

/** A stream after its connection was lost: what is shown stays, but only a new snapshot can be continued from. */
export function resume<S, C>(stream: Stream<S, C>): Stream<S, C> {
  return { ...stream, waiting: true, held: [] };
}

/**
 * Takes a delta. Held while a snapshot is awaited; applied if `from` ≤ own position < `to`; dropped if `to` ≤ own position; if
 * `from` is ahead, it is held and the stream waits: the caller sees `waiting` turn true and asks for a snapshot.
 */
export function takeDelta<S, R, C>(rules: StreamRules<S, R, C>, stream: Stream<S, C>, delta: Delta<C>): Stream<S, C> {
  if (stream.waiting || stream.position === undefined) return { ...stream, held: [...stream.held, delta] };
  if (delta.to <= stream.position) return stream;
  if (delta.from > stream.position) return { ...stream, waiting: true, held: [delta] };
  return { ...stream, state: rules.change(stream.state, delta.changes), position: delta.to };
}

/**
 * Takes a snapshot: it replaces everything, and the held deltas continue from it. Where they do not join, the stream waits on, and
 * keeps those that the next snapshot may need. A snapshot that nobody waits for and that is older than what is shown is dropped.
 */
export function takeSnapshot<S, R, C>(
  rules: StreamRules<S, R, C>,
  stream: Stream<S, C>,
  snapshot: Snapshot<R>,
): Stream<S, C> {
  if (!stream.waiting && stream.position !== undefined && snapshot.position <= stream.position) return stream;
  const start: Stream<S, C> = {
    state: rules.load(snapshot.state),
    position: snapshot.position,
    waiting: false,
    held: [],
  };
  return stream.held.reduce((joined, delta) => takeDelta(rules, joined, delta), start);
}
