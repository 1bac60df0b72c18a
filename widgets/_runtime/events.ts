// Counts what shoppers did, without knowing who they are, in one beacon per page.

import type { EventKind } from "./contract.ts";

const MOST = 50;

/** A random identifier of an event or sign-up; works on pages without HTTPS as well. */
export function uuid(): string {
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (
      +digit ^
      ((crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) & (15 >> (+digit / 4)))
    ).toString(16),
  );
}

interface Counted {
  readonly id: string;
  readonly kind: EventKind;
  readonly widget: string;
  readonly campaign: number;
  readonly at: number;
}

/** Collects events for `url` and sends them when the page is left, or at once when asked to. */
export function collector(url: string, signal: AbortSignal) {
  const queue: Counted[] = [];
  const flush = () => {
    const batch = queue.splice(0, MOST);
    if (!batch.length) return;
    const body = JSON.stringify({ events: batch });
    // Where there is no beacon, a request that outlives the page does just as well.
    navigator.sendBeacon?.(url, body) ||
      fetch(url, { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => {});
  };
  addEventListener("pagehide", flush, { signal });
  document.addEventListener("visibilitychange", () => document.hidden && flush(), { signal });
  return (kind: EventKind, widget: string, campaign: number) => {
    if (signal.aborted) return;
    queue.push({ id: uuid(), kind, widget, campaign, at: Date.now() });
    if (kind === "sign_up" || kind === "add" || queue.length >= MOST) flush();
  };
}
