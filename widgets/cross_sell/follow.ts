// Keeps the suggestions true: what others do to the cart, further places, counting, rare parts.

import type { Cart, Close, Host } from "../_runtime/contract.ts";
import css from "./buy.css";
import de from "./buy.de.json";
import en from "./buy.en.json";
import type { Row } from "./buy.ts";
import { listsOf, type Parts } from "./lists.ts";
import { type Measured, measure, SILENT } from "./measure.ts";
import { places } from "./places.ts";
import type { Suggestion } from "./row.ts";
import type { Base } from "./storefront.ts";
import { watch, worth } from "./watch.ts";

/** Fetches a part where it is wanted; without its file the rest goes on. */
const part = async <T>(wanted: unknown, file: () => Promise<T>) =>
  wanted ? file().catch(() => undefined) : undefined;

const articles = ({ items }: Cart) => `${items.map((line) => `${line.product_id}`).sort()}`;

/** The price of so many pieces of what a row has put in. */
const amount = ({ item, offer = item }: Row, pieces: number) => Number(offer.price.amount) * pieces;

// Of what has not begun nothing stays but this one ear, and the page begins anew.
function wait(host: Host, cart: Cart): undefined {
  const page = window as unknown as { bleib?: { open(campaign: number): unknown } };
  const stop = watch(host, (now) => {
    if (articles(now) === articles(cart)) return;
    stop();
    page.bleib?.open(host.campaign.id);
  });
}

/** Speaks the list's own words beside those of the widget. */
function spoken(given: Host): Host {
  const words = given.lang === "de" ? de : en;
  const title = words.title[given.shop.address as "du"] ?? words.title.sie;
  return { ...given, cart: given.cart, texts: { ...given.texts, ...words, title } };
}

/** The parts that the settings and what was found ask for; more may be found later. */
async function rare(host: Host, silent: boolean) {
  const { free_shipping_from: free, quantity } = host.campaign.settings;
  const [progress, pieces] = await Promise.all([
    part(free && !silent, () => import("./progress.ts")),
    part(quantity, () => import("./pieces.ts")),
  ]);
  let choice: typeof import("./choice.ts") | undefined;
  return {
    meter: progress?.default(host),
    prepare: async (found: readonly Suggestion[]) => {
      const wanted = found.some((item) => item.choice);
      choice ??= await part(wanted, () => import("./choice.ts"));
    },
    sheets: () => [css, choice?.css ?? "", pieces?.css ?? ""],
    dress: (row: Row, more: (pieces: number) => void) => {
      if (row.item.choice) choice?.default(row);
      pieces?.default(row, more);
    },
  };
}

/** How rows are dressed, counted and hidden. */
function partsOf(
  host: Host,
  { dress, sheets }: Awaited<ReturnType<typeof rare>>,
  count: Measured,
  close: Close,
): Parts {
  return {
    sheets,
    dress: (row) => {
      dress(row, (more) => count.more(amount(row, more)));
      count.card(row.element, row.item);
    },
    told: (what, row) => {
      if (what !== "undo") host.event(what);
      if (what === "click") count.clicked(row.item);
      else count[what === "add" ? "added" : "undone"](row.item, amount(row, row.pieces));
    },
    hide: () => {
      host.event("dismissal");
      host.refuse();
      close();
    },
  };
}

/**
 * Draws what was found for the cart, in every place of the page, and keeps it as the cart is.
 * Where there is nothing to draw, it begins anew with the next change of the cart.
 */
export default async function follow(
  given: Host,
  cart: Cart,
  items: readonly Suggestion[],
  base: Base,
): Promise<Close | undefined> {
  const host = spoken(given);
  const free = Number(host.campaign.settings.free_shipping_from);
  const real = host.preview === null;
  const silent = host.arm === SILENT;
  const further = await rare(host, silent);
  const { meter, prepare } = further;
  await prepare(items);
  if (host.signal.aborted) return undefined;
  // A preview has no cart that is worth anything: it shows the bar on its way.
  const value = (of: Cart) => (real ? worth(host, of) : free * 0.8);
  // Who is held out is counted where the others would see something, the bar alone included.
  const metered = silent ? free && value(cart) : meter?.(value(cart));
  if (!items.length && !metered) return real ? wait(host, cart) : undefined;

  const count = measure(host, worth(host, cart));
  const ending = new AbortController();
  const close = () => {
    ending.abort();
    lists.close();
  };
  const lists = listsOf(host, base, partsOf(host, further, count, close));
  let latest = cart;
  const changed = (now: Cart, own: boolean) => {
    const news = !own && articles(now) !== articles(latest);
    latest = now;
    count.total(worth(host, now));
    meter?.(value(now));
    if (!own) lists.follow(now);
    if (news && !silent) lists.renew(now, prepare).catch(() => {});
  };
  const near = async (place: HTMLElement) => {
    const found = await base.ask(lists.at(place), latest);
    await prepare(found);
    if (!ending.signal.aborted) lists.open(place, found);
  };
  host.signal.addEventListener("abort", () => ending.abort());
  if (real) ending.signal.addEventListener("abort", watch(host, changed));
  if (silent) return count.withheld();
  if (host.placement) lists.open(host.placement, items);
  if (real) places(host, near, () => meter?.(value(latest)), ending.signal);
  return close;
}
