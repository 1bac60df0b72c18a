// Notices what only some rules wait for: rest, depth, clicks, events of the shop, the cart.

import type { Rule } from "./contract.ts";
import type { View } from "./life.ts";
import { back, type Emit, type Later, type On, tools } from "./sensors.ts";

const ACTIVE = ["pointermove", "pointerdown", "keydown", "scroll", "touchmove"];

/** Arms what the loader leaves to the visit, each condition once, until `signal` aborts. */
export function senseMore(
  conditions: readonly Rule[],
  view: View,
  emit: Emit,
  soon: () => void,
  signal: AbortSignal,
): void {
  const [on, after] = tools(signal);
  for (const leaf of new Map(conditions.map((one) => [`${one}`, one])).values()) {
    const [name, value] = leaf as [string, string];
    const fire = () => document.hidden || emit(leaf);
    if (name === "returned") back(on, after, fire, soon);
    if (name === "idle") rest(on, after, +value * 1000, fire);
    if (name === "scrolled") depth(on, after, view, emit);
    if (name.startsWith("cart_")) on(document, "bleib:cart", () => emit());
    if (name === "event") on(document, value, fire);
    if (name === "clicked") click(on, value, fire);
  }
}

function click(on: On, selector: string, fire: () => unknown): void {
  on<MouseEvent>(document, "click", ({ target }) => {
    // What a merchant has written may be no selector at all.
    try {
      if ((target as Element).closest(selector)) fire();
    } catch {}
  });
}

function rest(on: On, after: () => Later, ms: number, fire: () => unknown): void {
  const wait = after();
  let last = performance.now();
  // Moving costs a note of the time and no more; one timer looks after it.
  const look = () => {
    const left = last + ms - performance.now();
    if (left > 0) wait(look, left);
    else fire();
  };
  for (const name of ACTIVE)
    on(window, name, () => {
      const now = performance.now();
      // Having rested once, it takes another movement to rest again.
      if (last + ms <= now) wait(look, ms);
      last = now;
    });
  wait(look, ms);
}

function depth(on: On, after: () => Later, view: View, emit: Emit): void {
  const soon = after();
  let waiting = false;
  const look = () => {
    waiting = false;
    const { scrollHeight } = document.documentElement;
    view.deepest = Math.max(view.deepest, (100 * scrollY) / (scrollHeight - innerHeight) || 0);
    emit();
  };
  on(window, "scroll", () => {
    if (!waiting) soon(look, 200);
    waiting = true;
  });
}
