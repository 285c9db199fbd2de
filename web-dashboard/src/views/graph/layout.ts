import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from 'd3';
import type { Simulation, SimulationLinkDatum, SimulationNodeDatum } from 'd3';

/** More agents than this are a big graph: coarser forces, an earlier end, no second round for a new edge. */
export const bigGraph = 600;

/** What is to be laid out; links are pairs of indices into `ids`. */
export interface LayoutGraph {
  readonly ids: readonly string[];
  readonly radii: ArrayLike<number>;
  readonly links: ArrayLike<number>;
  /** How much each link holds together, 0 to 1; without it all do alike. */
  readonly weights?: ArrayLike<number>;
  /** Width by height of the space to fill; the first one that is told stays. */
  readonly aspect?: number;
}

interface Place extends SimulationNodeDatum {
  readonly id: string;
  readonly radius: number;
  x: number;
  y: number;
}

interface Pair extends SimulationLinkDatum<Place> {
  source: Place;
  target: Place;
  readonly weight: number;
}

/** A force layout that goes on where it was when the graph changes. The same graph from the start gives the same picture. */
export class Layout {
  private places: Place[] = [];
  private readonly byId = new Map<string, Place>();
  private links = 0;
  private aspect: number | undefined;
  private readonly simulation: Simulation<Place, SimulationLinkDatum<Place>> = forceSimulation<Place>().stop();

  /** Takes the graph as it is now; returns whether anything has to move. */
  update(graph: LayoutGraph): boolean {
    const before = this.places.length;
    this.aspect ??= graph.aspect;
    const spread = 14 * Math.sqrt(graph.ids.length) + 40;
    let added = 0;
    const next = graph.ids.map((id, index): Place => {
      const known = this.byId.get(id);
      if (known !== undefined) return Object.assign(known, { radius: graph.radii[index] ?? 5 });
      added++;
      const start = startingPlace(id, spread);
      return { id, radius: graph.radii[index] ?? 5, x: start.x, y: start.y };
    });
    const pairs: Pair[] = [];
    for (let at = 0; at + 1 < graph.links.length; at += 2) {
      const source = next[graph.links[at] ?? -1];
      const target = next[graph.links[at + 1] ?? -1];
      if (source !== undefined && target !== undefined && source !== target)
        pairs.push({ source, target, weight: graph.weights?.[at / 2] ?? 1 });
    }
    if (before > 0 && added > 0) this.placeBesideNeighbours(pairs);
    this.byId.clear();
    for (const place of next) this.byId.set(place.id, place);
    const linked = pairs.length - this.links;
    this.places = next;
    this.links = pairs.length;
    this.arrange(pairs);
    const big = next.length > bigGraph;
    const share = next.length === 0 ? 0 : added / next.length;
    const settling = big ? 0 : Math.min(0.08, (2 * Math.abs(linked)) / Math.max(1, pairs.length));
    const warmth = before === 0 ? 1 : added > 0 ? 0.15 + 0.85 * share : settling;
    if (warmth > this.simulation.alpha() || before === 0) this.simulation.alpha(warmth);
    return this.isMoving();
  }

  isMoving(): boolean {
    return this.places.length > 0 && this.simulation.alpha() >= this.simulation.alphaMin();
  }

  /** Moves one step. */
  step(): void {
    this.simulation.tick();
  }

  /** x and y of each id, in its order. */
  positions(): Float32Array<ArrayBuffer> {
    const xy = new Float32Array(this.places.length * 2);
    this.places.forEach((place, index) => {
      xy[2 * index] = place.x;
      xy[2 * index + 1] = place.y;
    });
    return xy;
  }

  /** Holds an agent at a place, or lets it go. */
  pin(id: string, at: { x: number; y: number } | undefined): void {
    const place = this.byId.get(id);
    if (place === undefined) return;
    place.fx = at?.x ?? null;
    place.fy = at?.y ?? null;
    if (at !== undefined) Object.assign(place, at);
    this.simulation.alpha(Math.max(this.simulation.alpha(), 0.1));
  }

  private arrange(pairs: Pair[]): void {
    const big = this.places.length > bigGraph;
    const stretch = Math.min(1.8, Math.max(0.6, this.aspect ?? 1));
    const degrees = new Map<Place, number>();
    for (const { source, target } of pairs) {
      degrees.set(source, (degrees.get(source) ?? 0) + 1);
      degrees.set(target, (degrees.get(target) ?? 0) + 1);
    }
    const fewer = (a: Place, b: Place): number => Math.min(degrees.get(a) ?? 1, degrees.get(b) ?? 1);
    const density = this.places.length === 0 ? 0 : pairs.length / this.places.length;
    this.simulation
      .nodes(this.places)
      .alphaDecay(big ? 0.05 : 0.03)
      .velocityDecay(0.45)
      .force(
        'link',
        forceLink<Place, Pair>(pairs)
          .distance(
            ({ source, target }) =>
              (big ? 26 : 58) + source.radius + target.radius + 2 * Math.sqrt(fewer(source, target)),
          )
          .strength(({ source, target, weight }) => (0.1 + 0.9 * weight) / fewer(source, target)),
      )
      .force(
        'charge',
        forceManyBody<Place>()
          .strength((big ? -45 : -260) * Math.sqrt(Math.max(1, density / 3)))
          .theta(0.9)
          .distanceMax(big ? 420 : 520),
      )
      .force('collide', big ? null : forceCollide<Place>((place) => place.radius + 9))
      .force('x', forceX<Place>(0).strength((big ? 0.042 : 0.06) / stretch))
      .force('y', forceY<Place>(0).strength((big ? 0.042 : 0.06) * stretch));
  }

  /** A newcomer starts near one it talks to, so that the picture does not tear. */
  private placeBesideNeighbours(pairs: readonly Pair[]): void {
    for (const { source, target } of pairs) {
      const knowsSource = this.byId.has(source.id);
      const knowsTarget = this.byId.has(target.id);
      if (knowsSource === knowsTarget) continue;
      const [newcomer, host] = knowsSource ? [target, source] : [source, target];
      const offset = startingPlace(newcomer.id, 40);
      newcomer.x = host.x + offset.x;
      newcomer.y = host.y + offset.y;
    }
  }
}

/** A place in a disc that depends on the id alone, whatever the order in which agents come. */
export function startingPlace(id: string, spread: number): { x: number; y: number } {
  let hash = 2166136261;
  for (let index = 0; index < id.length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), 16777619) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 2246822519) >>> 0;
  const angle = ((hash & 0xffff) / 0x10000) * 2 * Math.PI;
  const radius = spread * Math.sqrt((hash >>> 16) / 0x10000);
  return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
}
