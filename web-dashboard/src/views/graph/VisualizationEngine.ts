import { drag, max, min, pointer, quadtree, select, zoom, zoomIdentity } from 'd3';
import type { D3DragEvent, D3ZoomEvent, Quadtree, Selection, ZoomBehavior } from 'd3';
import type { Relationship } from '../../api/types';
import { relationships } from '../../state/words';
import { bendOf, edgeCurve, fitView, thinLabels } from './geometry';
import type { Curve, LabelWish, View } from './geometry';
import { bigGraph } from './layout';
import type { FromLayout, ToLayout } from './layoutWorker';
import { looksSame } from './model';
import type { EdgeMark, GraphModel, NodeMark, Standing } from './model';

export interface EngineListener {
  onSelect(agentId: string | undefined): void;
  onHover(hover: { agentId: string; x: number; y: number } | undefined): void;
}

interface Place {
  readonly id: string;
  x: number;
  y: number;
}

/** An agent on the screen. */
interface Disc {
  readonly x: number;
  readonly y: number;
  readonly r: number;
}

interface EdgeLook {
  readonly relationship: Relationship;
  readonly faint: boolean;
  readonly width: number;
  readonly edges: { edge: EdgeMark; source: Disc; target: Disc }[];
}

interface Palette {
  readonly relationship: Readonly<Record<Relationship, string>>;
  readonly standing: Readonly<Record<Standing, string>>;
  readonly ground: string;
  readonly ink: string;
  readonly muted: string;
  readonly loop: string;
  readonly accent: string;
  readonly font: string;
}

const dashes: Readonly<Record<Relationship, readonly number[]>> = {
  request: [],
  response: [5, 3],
  broadcast: [1.5, 3],
  dependency: [8, 3, 1.5, 3],
  conflict: [],
};

/** How much an edge holds its agents together in the picture: who works together is asked, not shouted at. */
const holding: Readonly<Record<Relationship, number>> = {
  request: 1,
  response: 1,
  dependency: 1,
  conflict: 0.6,
  broadcast: 0.15,
};

/** How clear an edge is drawn: the answer to a request says less than the request. */
const clarity: Readonly<Record<Relationship, number>> = {
  request: 1,
  response: 0.7,
  dependency: 1,
  conflict: 1,
  broadcast: 0.35,
};

/** More edges than this are drawn straight, thin and without dashes, and their arrows only from close by. */
const manyEdges = 1200;
/** Dashes cost time and tell nothing in a thicket: with more edges than this the colour alone tells. */
const dashedEdges = 300;
/** Of many edges so many are drawn as wide as they are. */
const wideEdges = 250;
/** Thin edges in one path; wide ones are quicker one by one. */
const edgesInPath = 400;
const labelHeight = 14;
const zoomRange: [number, number] = [0.05, 8];

/**
 * The D3 graph: draws a {@link GraphModel} on a canvas, with zoom, pan, dragging and selection. The layout runs in a worker and rests when
 * it has settled; a frame is drawn only when something changed. Knows nothing of the network, the page or the store.
 */
export class VisualizationEngine {
  private readonly context: CanvasRenderingContext2D;
  private readonly surface: Selection<HTMLCanvasElement, unknown, null, undefined>;
  private readonly zooming: ZoomBehavior<HTMLCanvasElement, unknown>;
  private readonly layout: Worker;
  private readonly observer: ResizeObserver;
  private readonly places = new Map<string, Place>();
  private model: GraphModel = { position: 0, nodes: [], edges: [], highlighted: [], rotation: false };
  private byId: ReadonlyMap<string, NodeMark> = new Map();
  private nearest: Quadtree<Place> | undefined;
  private ids: readonly string[] = [];
  private version = 0;
  private wideFrom = 0;
  private view: View = { k: 1, x: 0, y: 0 };
  private size = { width: 0, height: 0 };
  private palette: Palette;
  private hovered: string | undefined;
  private frame: number | undefined;
  private moved = false;
  private readonly labelWidths = new Map<string, number>();

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly listener: EngineListener,
  ) {
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('graph: the browser gives no 2d canvas');
    this.context = context;
    this.palette = readPalette(canvas);
    this.surface = select(canvas);
    this.zooming = zoom<HTMLCanvasElement, unknown>()
      .scaleExtent(zoomRange)
      .on('zoom', (event: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
        if (event.sourceEvent !== null) this.moved = true;
        this.view = event.transform;
        this.hover(undefined);
        this.redraw();
      });
    this.surface
      .call(this.dragging())
      .call(this.zooming)
      .on('dblclick.zoom', null)
      .on('click', (event: MouseEvent) => this.listener.onSelect(this.at(event)?.id))
      .on('dblclick', (event: MouseEvent) => this.unpin(event))
      .on('mousemove', (event: MouseEvent) => this.hover(this.at(event)?.id))
      .on('mouseleave', () => this.hover(undefined))
      .on('keydown', (event: KeyboardEvent) => this.key(event));
    this.layout = new Worker(new URL('./layoutWorker.ts', import.meta.url), { type: 'module' });
    this.layout.onmessage = ({ data }: MessageEvent<FromLayout>) => this.take(data);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(canvas);
    this.resize();
  }

  /** Shows a graph; what was shown before moves into it. */
  show(model: GraphModel): void {
    const before = this.model;
    const rearranged = !sameStructure(before, model);
    this.model = model;
    this.byId = new Map(model.nodes.map((node) => [node.id, node]));
    this.wideFrom = model.edges.length > manyEdges ? nthWidest(model.edges, wideEdges) : 0;
    if (rearranged) this.arrange();
    if (!looksSame(before, model)) this.redraw();
  }

  /** Reads the colours again, after the theme changed. */
  recolour(): void {
    this.palette = readPalette(this.canvas);
    this.labelWidths.clear();
    this.redraw();
  }

  /** Shows everything, and keeps doing so until someone zooms or pans. */
  fit(): void {
    this.moved = false;
    this.fitNow();
  }

  zoomBy(factor: number): void {
    this.moved = true;
    this.zooming.scaleBy(this.surface, factor);
  }

  /** Brings an agent to the middle if it is out of sight. */
  reveal(agentId: string): void {
    const place = this.places.get(agentId);
    if (place === undefined) return;
    const at = this.screen(place);
    if (at.x > 30 && at.x < this.size.width - 30 && at.y > 30 && at.y < this.size.height - 30) return;
    this.moved = true;
    this.zooming.translateTo(this.surface, place.x, place.y);
  }

  /** Forgets all places: another network begins. */
  clear(): void {
    this.places.clear();
    this.moved = false;
  }

  dispose(): void {
    this.observer.disconnect();
    this.layout.terminate();
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.surface.on('.zoom', null).on('.drag', null).on('click', null).on('dblclick', null);
    this.surface.on('mousemove', null).on('mouseleave', null).on('keydown', null);
  }

  private arrange(): void {
    const index = new Map<string, number>();
    this.model.nodes.forEach((node, at) => index.set(node.id, at));
    const pairs = new Map<string, { source: number; target: number; strength: number }>();
    for (const edge of this.model.edges) {
      const [source, target] = [index.get(edge.source) ?? 0, index.get(edge.target) ?? 0];
      if (source === target) continue;
      const key = source < target ? `${source} ${target}` : `${target} ${source}`;
      const strength = edge.width * holding[edge.relationship];
      const pair = pairs.get(key);
      if (pair === undefined) pairs.set(key, { source, target, strength });
      else pair.strength = Math.max(pair.strength, strength);
    }
    const strongest = max(pairs.values(), (pair) => pair.strength) ?? 1;
    this.ids = this.model.nodes.map((node) => node.id);
    for (const id of this.places.keys()) if (!index.has(id)) this.places.delete(id);
    this.version++;
    this.tell({
      kind: 'graph',
      version: this.version,
      graph: {
        ids: this.ids,
        radii: Float32Array.from(this.model.nodes, (node) => node.radius),
        links: Uint32Array.from([...pairs.values()].flatMap(({ source, target }) => [source, target])),
        weights: Float32Array.from(pairs.values(), (pair) => pair.strength / strongest),
        ...(this.size.height === 0 ? {} : { aspect: this.size.width / this.size.height }),
      },
    });
  }

  private take(laidOut: FromLayout): void {
    if (laidOut.version !== this.version) return;
    this.ids.forEach((id, index) => {
      const [x, y] = [laidOut.xy[2 * index] ?? 0, laidOut.xy[2 * index + 1] ?? 0];
      const place = this.places.get(id);
      if (place === undefined) this.places.set(id, { id, x, y });
      else Object.assign(place, { x, y });
    });
    this.nearest = undefined;
    this.canvas.parentElement?.setAttribute('data-settled', String(!laidOut.moving));
    if (!this.moved) this.fitNow();
    this.redraw();
  }

  private tell(message: ToLayout): void {
    this.layout.postMessage(message);
  }

  private fitNow(): void {
    const drawn = this.ids.flatMap((id) => this.places.get(id) ?? []);
    if (drawn.length === 0 || this.size.width === 0) return;
    const view = fitView(
      {
        x0: min(drawn, (place) => place.x) ?? 0,
        y0: min(drawn, (place) => place.y) ?? 0,
        x1: max(drawn, (place) => place.x) ?? 0,
        y1: max(drawn, (place) => place.y) ?? 0,
      },
      this.size.width,
      this.size.height,
      Math.min(44, this.size.height / 8),
      1.6,
    );
    this.zooming.transform(this.surface, zoomIdentity.translate(view.x, view.y).scale(view.k));
  }

  private resize(): void {
    const width = this.canvas.clientWidth;
    const height = this.canvas.clientHeight;
    if (width === 0 || height === 0) return;
    this.size = { width, height };
    this.canvas.width = Math.round(width * devicePixelRatio);
    this.canvas.height = Math.round(height * devicePixelRatio);
    if (!this.moved) this.fitNow();
    this.draw();
  }

  private redraw(): void {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
    });
  }

  private screen(place: { x: number; y: number }): { x: number; y: number } {
    return { x: place.x * this.view.k + this.view.x, y: place.y * this.view.k + this.view.y };
  }

  private radius(node: NodeMark): number {
    const least = this.ids.length > bigGraph && node.rank === 0 && !node.selected ? 0.2 : 0.4;
    return (
      node.radius * Math.min(1.6, Math.max(least, this.ids.length > bigGraph ? this.view.k : Math.sqrt(this.view.k)))
    );
  }

  private draw(): void {
    const { context, size, palette } = this;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, size.width, size.height);
    context.lineCap = 'round';
    const at = new Map<string, Disc>();
    for (const node of this.model.nodes) {
      const place = this.places.get(node.id);
      if (place !== undefined) at.set(node.id, { ...this.screen(place), r: this.radius(node) });
    }
    const strong = new Set(this.model.nodes.filter(isStrong).map((node) => node.id));
    this.drawEdges(at);
    this.drawNodes(at, (node) => !strong.has(node.id));
    this.drawWay(at);
    this.drawNodes(at, (node) => strong.has(node.id));
    this.drawRings(at);
    this.drawLabels(at);
    context.globalAlpha = 1;
    context.fillStyle = palette.ink;
  }

  /** Edges are gathered by look. Without a graphics processor it is the area of wide strokes that costs, so few are wide among many. */
  private drawEdges(at: ReadonlyMap<string, Disc>): void {
    const { context, palette } = this;
    const hairline = 1 / devicePixelRatio;
    const clearEdges = this.model.edges.filter((edge) => !edge.faint).length;
    const many = { clear: clearEdges > manyEdges, faint: this.model.edges.length > manyEdges };
    // Where every agent talks to every other, single edges step back and the strong ones tell the story.
    const density = clearEdges / Math.max(1, this.model.nodes.length);
    const clear = Math.min(0.7, Math.max(0.3, 1 - 0.06 * density));
    const looks = new Map<string, EdgeLook>();
    for (const edge of this.model.edges) {
      if (edge.highlighted) continue;
      const [source, target] = [at.get(edge.source), at.get(edge.target)];
      if (source === undefined || target === undefined || this.outOfSight(source, target)) continue;
      const thin = edge.faint || (many.clear && edge.width <= this.wideFrom);
      const width = thin ? hairline : many.clear ? edge.width * 0.6 : edge.width;
      const key = `${edge.relationship} ${edge.faint} ${width}`;
      let look = looks.get(key);
      if (look === undefined) {
        look = { relationship: edge.relationship, faint: edge.faint, width, edges: [] };
        looks.set(key, look);
      }
      look.edges.push({ edge, source, target });
    }
    const ordered = [...looks.values()].sort((a, b) => Number(b.faint) - Number(a.faint) || a.width - b.width);
    for (const look of ordered) {
      const crowded = look.faint ? many.faint : many.clear;
      context.globalAlpha = look.faint
        ? Math.min(0.16, Math.max(0.05, 60 / this.model.edges.length))
        : crowded
          ? 0.32 + (look.width > hairline ? 0.28 : 0)
          : clear * clarity[look.relationship] * Math.min(1, 0.7 + 0.15 * look.width);
      context.strokeStyle = context.fillStyle = palette.relationship[look.relationship];
      context.lineWidth = look.width;
      context.setLineDash(clearEdges > dashedEdges || look.faint ? [] : [...dashes[look.relationship]]);
      const arrows = !look.faint && (!crowded || this.view.k > 0.9);
      const together = look.width > 1 ? 1 : edgesInPath;
      for (let from = 0; from < look.edges.length; from += together) {
        const lines = new Path2D();
        const heads = arrows ? new Path2D() : undefined;
        for (const { edge, source, target } of look.edges.slice(from, from + together)) {
          addEdge(edge, source, target, look.width, !crowded, lines, heads);
        }
        context.stroke(lines);
        if (heads !== undefined) context.fill(heads);
      }
    }
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  /** The way round of a loop, whether or not its edges are among those drawn. */
  private drawWay(at: ReadonlyMap<string, Disc>): void {
    if (!this.model.rotation || this.model.highlighted.length < 2) return;
    const { context, palette } = this;
    const lines = new Path2D();
    const heads = new Path2D();
    const agents = this.model.highlighted;
    agents.forEach((agentId, index) => {
      const [source, target] = [at.get(agentId), at.get(agents[(index + 1) % agents.length] ?? '')];
      if (source === undefined || target === undefined) return;
      const length = Math.hypot(target.x - source.x, target.y - source.y);
      const curve = edgeCurve(grown(source), grown(target), bendOf(0, length));
      if (curve !== undefined) addCurve(curve, 3, lines, heads);
    });
    context.strokeStyle = palette.ground;
    context.lineWidth = 6;
    context.stroke(lines);
    context.strokeStyle = context.fillStyle = palette.loop;
    context.lineWidth = 3;
    context.stroke(lines);
    context.fill(heads);
  }

  private drawNodes(at: ReadonlyMap<string, Disc>, drawn: (node: NodeMark) => boolean): void {
    const { context, palette } = this;
    const outlined = this.ids.length <= bigGraph;
    for (const faint of [true, false]) {
      for (const standing of ['good', 'doubtful', 'bad', 'quarantined'] as const) {
        const shut = standing === 'quarantined';
        context.lineWidth = shut ? 2 : 1.25;
        context.strokeStyle = shut ? palette.standing.quarantined : palette.ground;
        for (const node of this.model.nodes) {
          if (node.faint !== faint || node.standing !== standing || !drawn(node)) continue;
          const place = at.get(node.id);
          if (place === undefined || this.outOfSight(place, place)) continue;
          context.beginPath();
          context.arc(place.x, place.y, place.r, 0, 2 * Math.PI);
          if (faint || shut) {
            context.globalAlpha = 1;
            context.fillStyle = palette.ground;
            context.fill();
          }
          context.globalAlpha = faint ? 0.3 : 1;
          context.fillStyle = palette.standing[standing];
          if (!shut) context.fill();
          if (shut) addQuarantineMark(context, place);
          if (shut || outlined) context.stroke();
        }
      }
    }
    context.globalAlpha = 1;
  }

  private drawRings(at: ReadonlyMap<string, Disc>): void {
    const { palette } = this;
    for (const node of this.model.nodes) {
      const place = at.get(node.id);
      if (place === undefined) continue;
      if (node.rank > 0) this.ring(place, place.r + 3, palette.loop, 2);
      if (node.selected) this.ring(place, place.r + (node.rank > 0 ? 6.5 : 3.5), palette.accent, 2.5);
      else if (node.id === this.hovered) this.ring(place, place.r + 3, palette.ink, 1.25);
    }
  }

  private ring(place: { x: number; y: number }, radius: number, colour: string, width: number): void {
    const { context } = this;
    context.beginPath();
    context.arc(place.x, place.y, radius, 0, 2 * Math.PI);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }

  private drawLabels(at: ReadonlyMap<string, Disc>): void {
    const { context, palette } = this;
    // The more agents are in sight, the more air a label needs; close up there is room for all.
    const spacing = this.ids.length > bigGraph ? Math.max(2, 26 - 14 * this.view.k) : 2;
    const ordered = this.model.nodes
      .filter((node) => !node.faint || node.id === this.hovered)
      .map((node) => ({ node, weight: labelWeight(node, this.hovered) }))
      .sort((a, b) => b.weight - a.weight)
      .slice(0, 400);
    const wishes: (LabelWish & { node: NodeMark; text: string })[] = [];
    for (const { node } of ordered) {
      const place = at.get(node.id);
      if (place === undefined || this.outOfSight(place, place)) continue;
      const text = labelText(node, this.model.rotation);
      const width = this.labelWidth(text, isStrong(node));
      const air = isStrong(node) ? 0 : spacing;
      wishes.push({
        id: node.id,
        node,
        text,
        x: place.x - width / 2 - air,
        y: place.y + place.r + (isStrong(node) ? 8 : 4) - air / 2,
        width: width + 2 * air,
        height: labelHeight + air,
      });
    }
    const kept = thinLabels(wishes);
    context.textAlign = 'center';
    context.textBaseline = 'top';
    context.lineJoin = 'round';
    context.strokeStyle = palette.ground;
    context.lineWidth = 3;
    for (const wish of wishes) {
      if (!kept.has(wish.id)) continue;
      const strong = isStrong(wish.node);
      context.font = labelFont(palette, strong);
      context.fillStyle =
        wish.node.rank > 0 ? palette.loop : strong || wish.node.id === this.hovered ? palette.ink : palette.muted;
      const x = wish.x + wish.width / 2;
      const y = wish.y + (wish.height - labelHeight) / 2;
      context.strokeText(wish.text, x, y);
      context.fillText(wish.text, x, y);
    }
  }

  private labelWidth(text: string, strong: boolean): number {
    const key = `${strong ? 1 : 0}${text}`;
    const known = this.labelWidths.get(key);
    if (known !== undefined) return known;
    if (this.labelWidths.size > 10_000) this.labelWidths.clear();
    this.context.font = labelFont(this.palette, strong);
    const width = this.context.measureText(text).width;
    this.labelWidths.set(key, width);
    return width;
  }

  private outOfSight(a: { x: number; y: number }, b: { x: number; y: number }): boolean {
    const { width, height } = this.size;
    return (
      Math.max(a.x, b.x) < -40 ||
      Math.max(a.y, b.y) < -40 ||
      Math.min(a.x, b.x) > width + 40 ||
      Math.min(a.y, b.y) > height + 40
    );
  }

  private at(event: MouseEvent | TouchEvent): Place | undefined {
    const [x, y] = pointer(event, this.canvas);
    return this.placeAt(x, y);
  }

  private placeAt(x: number, y: number): Place | undefined {
    this.nearest ??= quadtree<Place>(
      this.ids.flatMap((id) => this.places.get(id) ?? []),
      (place) => place.x,
      (place) => place.y,
    );
    const found = this.nearest.find((x - this.view.x) / this.view.k, (y - this.view.y) / this.view.k, 30 / this.view.k);
    const node = found === undefined ? undefined : this.byId.get(found.id);
    if (found === undefined || node === undefined) return undefined;
    const at = this.screen(found);
    return Math.hypot(at.x - x, at.y - y) <= this.radius(node) + 5 ? found : undefined;
  }

  private hover(agentId: string | undefined): void {
    if (agentId === this.hovered) return;
    this.hovered = agentId;
    this.canvas.classList.toggle('on-agent', agentId !== undefined);
    const place = agentId === undefined ? undefined : this.places.get(agentId);
    this.listener.onHover(place === undefined ? undefined : { agentId: place.id, ...this.screen(place) });
    this.redraw();
  }

  private dragging(): (selection: Selection<HTMLCanvasElement, unknown, null, undefined>) => void {
    return drag<HTMLCanvasElement, unknown, Place | undefined>()
      .clickDistance(4)
      .subject((event: { x: number; y: number }) => {
        const place = this.placeAt(event.x, event.y);
        return place === undefined ? undefined : { id: place.id, ...this.screen(place) };
      })
      .on('drag', (event: D3DragEvent<HTMLCanvasElement, unknown, Place>) => {
        this.moved = true;
        const at = { x: (event.x - this.view.x) / this.view.k, y: (event.y - this.view.y) / this.view.k };
        const place = this.places.get(event.subject.id);
        if (place !== undefined) Object.assign(place, at);
        this.nearest = undefined;
        this.tell({ kind: 'pin', id: event.subject.id, at });
        this.redraw();
      });
  }

  private unpin(event: MouseEvent): void {
    const place = this.at(event);
    if (place === undefined) this.zoomBy(1.6);
    else this.tell({ kind: 'pin', id: place.id, at: undefined });
  }

  private key(event: KeyboardEvent): void {
    const pan = 60 / this.view.k;
    const move = (x: number, y: number): void => {
      this.moved = true;
      this.zooming.translateBy(this.surface, x, y);
    };
    switch (event.key) {
      case 'ArrowLeft':
        move(pan, 0);
        break;
      case 'ArrowRight':
        move(-pan, 0);
        break;
      case 'ArrowUp':
        move(0, pan);
        break;
      case 'ArrowDown':
        move(0, -pan);
        break;
      case '+':
      case '=':
        this.zoomBy(1.25);
        break;
      case '-':
        this.zoomBy(0.8);
        break;
      case '0':
        this.fit();
        break;
      default:
        return;
    }
    event.preventDefault();
  }
}

/** Whether the same agents and edges are drawn, whatever their looks. */
function sameStructure(a: GraphModel, b: GraphModel): boolean {
  return (
    a.nodes.length === b.nodes.length &&
    a.edges.length === b.edges.length &&
    a.nodes.every((node, index) => node.id === b.nodes[index]?.id) &&
    a.edges.every((edge, index) => edge.key === b.edges[index]?.key)
  );
}

function nthWidest(edges: readonly EdgeMark[], n: number): number {
  return (
    Float64Array.from(edges, (edge) => edge.width)
      .sort()
      .at(-n) ?? 0
  );
}

function grown(place: Disc): Disc {
  return { ...place, r: place.r + 4 };
}

function addEdge(
  edge: EdgeMark,
  source: Disc,
  target: Disc,
  width: number,
  curved: boolean,
  lines: Path2D,
  heads: Path2D | undefined,
): void {
  if (edge.source === edge.target) {
    const r = source.r + 3 * edge.lane;
    lines.moveTo(source.x + r, source.y - r);
    lines.arc(source.x, source.y - r, r, 0, 2 * Math.PI);
    return;
  }
  if (!curved && heads === undefined) {
    lines.moveTo(source.x, source.y);
    lines.lineTo(target.x, target.y);
    return;
  }
  const bend = curved ? bendOf(edge.lane, Math.hypot(target.x - source.x, target.y - source.y)) : 0;
  const curve = edgeCurve(source, { ...target, r: target.r + 1.5 }, bend);
  if (curve !== undefined) addCurve(curve, width, lines, heads);
}

function addCurve(curve: Curve, width: number, lines: Path2D, heads: Path2D | undefined): void {
  const length = 5 + 1.6 * width;
  const half = 2 + 0.8 * width;
  const [bx, by] = [curve.x2 - curve.ux * length, curve.y2 - curve.uy * length];
  lines.moveTo(curve.x1, curve.y1);
  lines.quadraticCurveTo(curve.cx, curve.cy, heads === undefined ? curve.x2 : bx, heads === undefined ? curve.y2 : by);
  if (heads === undefined) return;
  heads.moveTo(curve.x2, curve.y2);
  heads.lineTo(bx - curve.uy * half, by + curve.ux * half);
  heads.lineTo(bx + curve.uy * half, by - curve.ux * half);
  heads.closePath();
}

/** A circle with a bar: nothing passes. */
function addQuarantineMark(path: CanvasPath, place: Disc): void {
  const half = place.r * 0.7;
  path.moveTo(place.x - half, place.y - half);
  path.lineTo(place.x + half, place.y + half);
}

function isStrong(node: NodeMark): boolean {
  return node.selected || node.rank > 0;
}

function labelWeight(node: NodeMark, hovered: string | undefined): number {
  const trouble = node.standing === 'quarantined' ? 1e8 : node.standing === 'bad' ? 1e7 : 0;
  return (
    (node.id === hovered ? 1e12 : 0) + (node.selected ? 1e11 : 0) + (node.rank > 0 ? 1e10 : 0) + trouble + node.messages
  );
}

function labelText(node: NodeMark, rotation: boolean): string {
  const name = node.id.length > 24 ? `${node.id.slice(0, 23)}…` : node.id;
  return rotation && node.rank > 0 ? `${node.rank} ${name}` : name;
}

function labelFont(palette: Palette, strong: boolean): string {
  return `${strong ? 600 : 400} 11px ${palette.font}`;
}

/** Colours as the browser resolves them for this element; a canvas understands neither custom properties nor `light-dark()`. */
function readPalette(element: HTMLElement): Palette {
  const probe = document.createElement('span');
  probe.hidden = true;
  (element.parentElement ?? element).append(probe);
  const colour = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const palette: Palette = {
    relationship: Object.fromEntries(relationships.map((name) => [name, colour(`edge-${name}`)])) as Record<
      Relationship,
      string
    >,
    standing: {
      good: colour('node-good'),
      doubtful: colour('node-doubtful'),
      bad: colour('node-bad'),
      quarantined: colour('node-quarantined'),
    },
    ground: colour('panel'),
    ink: colour('ink'),
    muted: colour('muted'),
    loop: colour('critical'),
    accent: colour('accent'),
    font: getComputedStyle(element).fontFamily,
  };
  probe.remove();
  return palette;
}
