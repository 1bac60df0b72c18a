// Keeps the suggestions true: what others do to the cart, further places, counting, rare parts.

import type { Cart, Close, Host } from "../_runtime/contract.ts";
import css from "./buy.css";
import de from "./buy.de.json";
import en from "./buy.en.json";
import type { Row } from "./buy.ts";
import { listsOf, type Parts } from "./lists.ts";
import { measure, SILENT } from "./measure.ts";
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
  const { lang, texts } = given;
  const words = lang === "de" ? de : en;
  const title = words.title[given.shop.address as "du"] ?? words.title.sie;
  const host: Host = { ...given, cart: given.cart, texts: { ...texts, ...words, title } };
  const { free_shipping_from, quantity } = host.campaign.settings;
  const real = host.preview === null;
  const silent = host.arm === SILENT;
  const [progress, pieces] = await Promise.all([
    part(free_shipping_from && !silent, () => import("./progress.ts")),
    part(quantity, () => import("./pieces.ts")),
  ]);
  let choice: typeof import("./choice.ts") | undefined;
  const prepared = async (found: readonly Suggestion[]) => {
    const wanted = found.some((item) => item.choice);
    choice ??= await part(wanted, () => import("./choice.ts"));
  };
  await prepared(items);
  const meter = progress?.default(host);
  // Who is held out is counted where the others would see something, the bar alone included.
  const metered = silent ? free_shipping_from && worth(host, cart) : meter?.(worth(host, cart));
  if (!items.length && !metered) return real ? wait(host, cart) : undefined;

  const count = measure(host, worth(host, cart));
  const parts: Parts = {
    sheets: [css, choice?.css ?? "", pieces?.css ?? ""],
    dress: (row) => {
      if (row.item.choice) choice?.default(row);
      pieces?.default(row, (more) => count.more(amount(row, more)));
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
  const lists = listsOf(host, base, parts);
  let known = articles(cart);
  let latest = cart;
  const stop = real
    ? watch(host, (now, own) => {
        latest = now;
        count.total(worth(host, now));
        meter?.(worth(host, now));
        if (!own) lists.follow(now);
        const changed = !own && articles(now) !== known;
        known = articles(now);
        if (changed && !silent) lists.renew(now, prepared).catch(() => {});
      })
    : () => {};
  const close = () => {
    stop();
    lists.close();
  };
  host.signal.addEventListener("abort", stop);
  if (silent) return count.withheld();
  if (host.placement) lists.open(host.placement, items);
  const further = async (place: HTMLElement) => {
    const found = await base.ask(lists.at(place), latest);
    await prepared(found);
    if (!host.signal.aborted) lists.open(place, found);
  };
  if (real) places(host, further, () => meter?.(worth(host, latest)));
  return close;
}
