import { Layout } from './layout';
import type { LayoutGraph } from './layout';

/** The layout works beside the page, so that a big graph costs no frame. */

export type ToLayout =
  | { readonly kind: 'graph'; readonly version: number; readonly graph: LayoutGraph }
  | { readonly kind: 'pin'; readonly id: string; readonly at: { x: number; y: number } | undefined };

export interface FromLayout {
  readonly version: number;
  readonly xy: Float32Array<ArrayBuffer>;
  readonly moving: boolean;
}

/** The first picture is shown when it has settled or this has passed; after that a step is shown as it comes. */
const settleMillis = 400;
const stepMillis = 16;

const layout = new Layout();
let version = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let shown = false;

self.onmessage = ({ data }: MessageEvent<ToLayout>) => {
  switch (data.kind) {
    case 'graph':
      version = data.version;
      layout.update(data.graph);
      if (!shown && data.graph.ids.length > 0) {
        shown = true;
        const end = performance.now() + settleMillis;
        while (layout.isMoving() && performance.now() < end) layout.step();
      }
      show();
      break;
    case 'pin':
      layout.pin(data.id, data.at);
      break;
  }
  goOn();
};

function goOn(): void {
  if (timer !== undefined || !layout.isMoving()) return;
  timer = setTimeout(() => {
    timer = undefined;
    const end = performance.now() + stepMillis / 2;
    do layout.step();
    while (layout.isMoving() && performance.now() < end);
    show();
    goOn();
  }, stepMillis);
}

function show(): void {
  const xy = layout.positions();
  const message: FromLayout = { version, xy, moving: layout.isMoving() };
  self.postMessage(message, { transfer: [xy.buffer] });
}
