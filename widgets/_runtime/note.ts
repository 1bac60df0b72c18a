// Leaves a note in the shop's own cart: which arms the shopper was in, so that the order tells it.
//
// Nothing is stored on the device and nobody is recognised: thousands of carts carry the same note.
// There is one only where the shop keeps a cart for this shopper anyway.

import type { armOf as arm } from "./arms.ts";
import type { call as ask } from "./cart.ts";
import { onCartChange } from "./changes.ts";
import type { Life } from "./life.ts";

/** What Shopify's cart, and the order that comes of it, call the note. */
const KEY = "_bleib";
/** Shops answer a moment before they have written. */
const SETTLE_MS = 400;

interface Told {
  readonly item_count: number;
  readonly attributes?: Readonly<Record<string, string | null>> | null;
}

let text = "";
let before: Promise<unknown> = Promise.resolve();
let watching: Life | undefined;

/** Both notes as one, in which the first word on a campaign stands. */
export function together(first: string, more: string): string {
  const found = new Map<string, string>();
  for (const part of `${first},${more}`.split(",")) {
    const [campaign = ""] = part.split(".");
    if (/^\d+\.\d+[a-z-]$/.test(part) && !found.has(campaign)) found.set(campaign, part);
  }
  return [...found.values()].join();
}

// Writes what is not there yet; true once there is a cart that holds it.
async function write({ cart, shop }: Life, call: typeof ask): Promise<boolean> {
  const hook = cart();
  if (hook) {
    if (!hook.note) return true;
    const there = !!(await hook.read())?.items.length;
    if (there) await hook.note(text);
    return there;
  }
  if (shop.cart !== "shopify") return true;
  const told = await call<Told>("");
  if (!told?.item_count) return false;
  const noted = told.attributes?.[KEY] ?? "";
  const all = together(noted, text);
  if (all !== noted) await call("/update", { attributes: { [KEY]: all } });
  return true;
}

/**
 * Notes the arms of all that was counted on this view: with the cart where there is one, else as
 * soon as one comes to be on this page. What the cart says already stays.
 */
export function keep(life: Life, armOf: typeof arm, call: typeof ask): void {
  const { shop, tag, trial, signal, view } = life;
  // What is only tried, or comes from a machine, counts nowhere; and it may have been stopped.
  if (trial || navigator.webdriver || signal.aborted) return;
  const met = [shop.whole, ...shop.campaigns].map((of) =>
    of && view.met?.[of.id] !== undefined
      ? `${of.id}.${of.version}${armOf(life, of).replace("0", "-")}`
      : "",
  );
  text = together(text, met.join());
  const bleib = (window as unknown as { bleib?: { note?: () => string } }).bleib;
  if (bleib) bleib.note = () => text;

  let ending: AbortController | undefined;
  const attempt = () => {
    // One after the other, so that none overlooks what another has written.
    before = before
      .then(() => write(life, call))
      .then(
        (done) => done && ending?.abort(),
        () => {},
      );
  };
  // Whoever has nothing in the cart is not asked for it: the page itself may say so.
  if (tag.dataset.cart !== "0") attempt();
  if (watching === life) return;
  watching = life;
  ending = new AbortController();
  signal.addEventListener("abort", () => ending?.abort());
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCartChange(() => {
    clearTimeout(timer);
    timer = setTimeout(attempt, SETTLE_MS);
  }, ending.signal);
}
