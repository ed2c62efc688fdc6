// What fingers, mice and keys mean on a stage: to move the divider, to pan, to zoom.

import type { Point } from './view.ts';

/** What a stage does when it is told to. */
export interface StageActions {
  /** Says whether a point of the stage belongs to the divider. */
  isDivider(at: Point): boolean;
  divide(at: Point): void;
  pan(by: Point): void;
  /** Zooms by a factor at a point. */
  zoom(factor: number, at: Point): void;
  /** Goes to and from 100 % at a point. */
  toggle(at: Point): void;
  /** The middle of the stage. */
  readonly middle: Point;
  fit(): void;
  showPixels(): void;
}

const KEY_ZOOM = 1.25;
const KEY_PAN = 60;

const PANS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: KEY_PAN, y: 0 },
  ArrowRight: { x: -KEY_PAN, y: 0 },
  ArrowUp: { x: 0, y: KEY_PAN },
  ArrowDown: { x: 0, y: -KEY_PAN },
};

/** Listens on a stage. */
export function listenForGestures(stage: HTMLElement, actions: StageActions): void {
  const pointers = new Map<number, Point>();
  let isDividing = false;

  const placeOf = ({ clientX, clientY }: MouseEvent): Point => {
    const { left, top } = stage.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };

  stage.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || isControl(event.target)) return;
    const at = placeOf(event);
    pointers.set(event.pointerId, at);
    stage.setPointerCapture(event.pointerId);
    isDividing = pointers.size === 1 && actions.isDivider(at);
    if (isDividing) actions.divide(at);
  });
  stage.addEventListener('pointermove', (event) => {
    const at = placeOf(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      stage.classList.toggle('at-divider', actions.isDivider(at));
      return;
    }
    pointers.set(event.pointerId, at);
    if (isDividing && pointers.size === 1) return actions.divide(at);
    isDividing = false;
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (!other) return actions.pan({ x: at.x - before.x, y: at.y - before.y });
    const factor = distance(at, other) / Math.max(1, distance(before, other));
    actions.zoom(factor, middle(at, other));
    actions.pan({ x: (at.x - before.x) / 2, y: (at.y - before.y) / 2 });
  });
  const release = (event: PointerEvent) => pointers.delete(event.pointerId);
  stage.addEventListener('pointerup', release);
  stage.addEventListener('pointercancel', release);

  stage.addEventListener('dblclick', (event) => {
    if (!isControl(event.target)) actions.toggle(placeOf(event));
  });
  // Two fingers on a touchpad; a wheel alone moves the page.
  stage.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      actions.zoom(Math.exp(-event.deltaY / 150), placeOf(event));
    },
    { passive: false },
  );
  stage.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!actOnKey(event, actions)) return;
    event.preventDefault();
  });
}

/** Returns whether a key means something. */
function actOnKey({ key, shiftKey }: KeyboardEvent, actions: StageActions): boolean {
  const by = PANS[key];
  if (by && shiftKey) actions.pan(by);
  else if (key === '+' || key === '=') actions.zoom(KEY_ZOOM, actions.middle);
  else if (key === '-') actions.zoom(1 / KEY_ZOOM, actions.middle);
  else if (key === '0') actions.fit();
  else if (key === '1') actions.showPixels();
  else return false;
  return true;
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button') !== null;
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
