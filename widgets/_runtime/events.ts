// Counts what shoppers did, without knowing who they are, in one beacon per page.

import { again, armOf, EXPOSED } from "./arms.ts";
import { call } from "./cart.ts";
import type { Campaign, Detail, Drawn, EventKind } from "./contract.ts";
import type { Life, View } from "./life.ts";

const MOST = 50;
const WAIT_MS = 8000;

/** A random identifier of an event or sign-up; works on pages without HTTPS as well. */
export function uuid(): string {
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (
      +digit ^
      ((crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) & (15 >> (+digit / 4)))
    ).toString(16),
  );
}

/** The number that what happens on this view of a page is counted with; "" where there is none. */
export function ticketOf({ api, preview, request, view, trial }: Life): Promise<string> {
  view.ticket ??= (async () => {
    if (preview !== null || trial === "editor") return "";
    const { data } = await request(`${api}tickets`, WAIT_MS, {});
    view.known = (data as { ticket?: string } | null)?.ticket ?? "";
    return view.known;
  })();
  return view.ticket;
}

/** Collects events and sends them when the page is left, or at once when asked to. */
export function collector(life: Life) {
  const { signal, trial } = life;
  let queue: unknown[] = [];
  let { view } = life;
  const flush = () => {
    const { known: ticket } = view;
    if (!queue.length || !ticket || signal.aborted) return;
    const url = `${life.api}events`;
    const events = queue.splice(0, MOST);
    const body = JSON.stringify({ ticket, test: !!trial || navigator.webdriver === true, events });
    // Where there is no beacon, a request that outlives the page does just as well.
    navigator.sendBeacon?.(url, body) ||
      fetch(url, { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => {});
  };
  addEventListener("pagehide", flush, { signal });
  document.addEventListener("visibilitychange", () => document.hidden && flush(), { signal });
  return (kind: EventKind | Detail, of: Campaign, arm: string) => {
    if (signal.aborted || life.preview !== null || trial === "editor") return;
    if (view !== life.view) {
      flush();
      // What never had a ticket counts nowhere.
      queue = [];
      view = life.view as View;
    }
    const push = (drawn: Drawn, arm: string) => {
      const { id: campaign, version } = drawn;
      const late = again(life, drawn, kind) && { again: true };
      const { widget } = of;
      queue.push({ id: uuid(), kind, widget, campaign, version, arm, at: Date.now(), ...late });
    };
    push(of, arm);
    if (EXPOSED.test(kind)) {
      const { whole } = life.shop;
      if (of.holdout && whole) push(whole, armOf(life, whole));
      import("./note.ts").then((part) => part.keep(life, armOf, call)).catch(() => {});
    }
    if (/sign_up|add|saved/.test(kind) || queue.length >= MOST) ticketOf(life).then(flush);
  };
}
