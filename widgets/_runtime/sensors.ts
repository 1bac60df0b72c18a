// Notices a shopper about to leave, and time: what the loader itself waits for.

import type { Rule } from "./contract.ts";

/** A pointer that comes back within this time did not leave. */
const GRACE_MS = 150;
/** Away from the tab for less than this is a glance, not a departure. */
const AWAY_MS = 2000;
/** After coming back a shopper looks around first. */
const BACK_MS = 500;
/** A thumb that rested this long begins anew: what it did before is no part of the flick. */
const REST_MS = 200;

const WIDE = 720;

/** What a shopper holds in hand, as far as a page can tell. */
export function device(): "phone" | "tablet" | "desktop" {
  // A narrow window needs no media query: a page's first costs a phone half a millisecond.
  if (innerWidth < WIDE) return "phone";
  if (!matchMedia("(pointer:coarse)").matches) return "desktop";
  return innerHeight < 500 ? "phone" : "tablet";
}

/** Told of the condition that has just come true for an instant, or of none: a level, perhaps. */
export type Emit = (moment?: Rule) => unknown;
export type On = <E extends Event>(
  target: EventTarget,
  name: string,
  heard: (event: E) => unknown,
) => unknown;
/** One timer: starting it anew forgets what it was about to do. */
export type Later = (work: () => unknown, ms: number) => void;

/** How to listen and to wait until `signal` aborts. */
export function tools(signal: AbortSignal): readonly [on: On, after: () => Later] {
  return [
    (target, name, heard) =>
      target.addEventListener(name, heard as EventListener, { signal, passive: true }),
    () => {
      let id: ReturnType<typeof setTimeout> | undefined;
      signal.addEventListener("abort", () => clearTimeout(id));
      return (work, ms) => {
        clearTimeout(id);
        if (ms < 1 / 0) id = setTimeout(work, ms);
      };
    },
  ];
}

/**
 * Arms what most rules wait for, as far as `rules`, written as JSON, name it: an exit and time.
 * `soon` is called when a shopper seems about to leave.
 */
export function sense(rules: string, emit: Emit, soon: () => void, signal: AbortSignal): void {
  const [on, after] = tools(signal);
  const exit = (kind: string) => () => document.hidden || emit(["exit", kind]);
  for (const [, seconds] of rules.matchAll(/"seconds",([\d.]+)/g))
    after()(emit, +(seconds as string) * 1000);
  if (rules.includes('"desktop"') && innerWidth >= WIDE) pointer(on, after, exit("desktop"), soon);
  if (rules.includes('"phone"') && device() !== "desktop") {
    flick(on, exit("phone"), soon);
    back(on, after, exit("phone"), soon);
  }
}

function pointer(on: On, after: () => Later, fire: () => unknown, soon: () => void): void {
  const grace = after();
  let y = 0;
  let at = 0;
  let speed = 0;
  const measure = (event: MouseEvent) => {
    const elapsed = event.timeStamp - at;
    // A pointer that rested has no direction: the first move after a pause only sets the mark.
    if (elapsed > 0) speed = elapsed > 300 ? 0 : (event.clientY - y) / elapsed;
    y = event.clientY;
    at = event.timeStamp;
  };
  on<MouseEvent>(document, "mousemove", (event) => {
    measure(event);
    if (speed < 0 && y < innerHeight / 3) soon();
  });
  on<MouseEvent>(document, "mouseout", (event) => {
    if (event.relatedTarget || event.clientY > 4) return;
    measure(event);
    if (speed < -0.1) grace(fire, GRACE_MS);
  });
  on(document, "mouseover", () => grace(fire, 1 / 0));
}

function flick(on: On, fire: () => unknown, soon: () => void): void {
  let deepest = 0;
  let last = scrollY;
  let turnY = last;
  let turnAt = 0;
  let at = 0;
  on(window, "scroll", ({ timeStamp }) => {
    const y = scrollY;
    deepest = Math.max(deepest, y);
    if (y >= last || timeStamp - at > REST_MS) {
      turnY = y;
      turnAt = timeStamp;
    }
    last = y;
    at = timeStamp;
    if (deepest < innerHeight * 0.7) return;
    soon();
    const way = turnY - y;
    // One flick of the thumb upwards: a third of the screen, faster than anyone reads.
    if (way > innerHeight / 3 && way / (timeStamp - turnAt) > 0.8) fire();
  });
}

/** Calls `fire` when a shopper comes back to the tab after a while. */
export function back(on: On, after: () => Later, fire: () => unknown, soon: () => void): void {
  const settle = after();
  let left = 0;
  on(document, "visibilitychange", () => {
    if (document.hidden) left = performance.now();
    else if (left && performance.now() - left > AWAY_MS) {
      soon();
      settle(fire, BACK_MS);
    }
  });
}
