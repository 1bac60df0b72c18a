// Counts what became of each suggestion, and whether the cart grew: alike for those held out.

import type { Close, Host } from "../_runtime/contract.ts";

/** The arm that sees nothing, but is counted where it would have seen something. */
export const SILENT = "0";

/** What a suggestion is counted under: its article, and where the suggestion came from. */
export interface Counted {
  readonly product: number | string;
  readonly mark: string;
}

export interface Measured {
  /** Watches a card: it is shown once half of it has been on the screen. */
  card(node: Element, item: Counted): void;
  clicked(item: Counted): void;
  /** `amount`: the price of all pieces together, in the shop's currency. */
  added(item: Counted, amount: number): void;
  undone(item: Counted, amount: number): void;
  /** More pieces of what was added, or fewer: by how much that changes the cart. */
  more(amount: number): void;
  /** What the cart is worth by now, in the shop's currency; undefined where nobody says so. */
  total(amount: number | undefined): void;
  /** Draws nothing, and returns how even that ends. */
  withheld(): Close;
}

/** Begins to count. To be called once it is certain that there is something to show. */
export function measure(host: Host, total?: number): Measured {
  const { signal, placement } = host;
  const cards = new Map<Element, string>();
  const shown = new Set<string>();
  let now = total;
  let before: number | undefined;
  let added = 0;
  const named = ({ mark, product }: Counted) => `${mark} ${product}`;

  // The place of the row and not the row itself: who is held out has a place as well.
  const place = new IntersectionObserver(([entry]) => {
    if (!entry?.isIntersecting) return;
    place.disconnect();
    before = now;
    if (host.arm === SILENT) host.event("withheld");
  });
  const half = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        const what = cards.get(target);
        if (!isIntersecting || !what || shown.has(what)) continue;
        shown.add(what);
        host.event(`item_shown ${what}`);
      }
    },
    { threshold: 0.5 },
  );
  const stop = () => {
    place.disconnect();
    half.disconnect();
  };
  // Before the beacon of a page that hides, which follows the one of a page that goes.
  const leave = () => {
    if (before === undefined || now === undefined) return;
    host.event(`cart ${before.toFixed(2)} ${now.toFixed(2)} ${Math.max(added, 0).toFixed(2)}`);
    before = undefined;
  };
  addEventListener("pagehide", leave, { signal, capture: true });
  addEventListener("visibilitychange", () => document.hidden && leave(), { signal, capture: true });
  signal.addEventListener("abort", () => {
    stop();
    leave();
  });
  if (placement) place.observe(placement);
  return {
    card: (node, item) => {
      cards.set(node, named(item));
      half.observe(node);
    },
    clicked: (item) => host.event(`item_click ${named(item)}`),
    added: (item, amount) => {
      added += amount;
      host.event(`item_add ${named(item)}`);
    },
    undone: (item, amount) => {
      added -= amount;
      host.event(`item_undo ${named(item)}`);
    },
    more: (amount) => {
      added += amount;
    },
    total: (amount) => {
      now = amount;
    },
    withheld: () => stop,
  };
}
