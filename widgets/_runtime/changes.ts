// Notices that the cart has changed, whoever changed it.

import type { Cart } from "./contract.ts";

/** Requests by which shops change their carts; those that only read them are none. */
const CHANGES = /\/cart\/\w|\/batch|wc-ajax|line-item|offcanvas/;

/**
 * Calls `changed` after each change until the signal is aborted, with the cart where we know it
 * already. A shop whose cart works in a way of its own dispatches `bleib:cart` without a detail.
 */
export function onCartChange(changed: (cart?: Cart | null) => void, signal: AbortSignal): void {
  const seen = new PerformanceObserver((list) => {
    if (list.getEntries().some(({ name }) => CHANGES.test(name))) changed();
  });
  const hear = (event: Event) => changed((event as CustomEvent<Cart | null>).detail);
  document.addEventListener("bleib:cart", hear, { signal });
  signal.addEventListener("abort", () => seen.disconnect());
  seen.observe({ type: "resource" });
}
