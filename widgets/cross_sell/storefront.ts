// Shows in the cart what goes with it, each with its reason, and adds it on request.

import { cartOf } from "../_runtime/cart.ts";
import type { Cart, Close, Host } from "../_runtime/contract.ts";
import { place } from "../_runtime/place.ts";
import { row, type Suggestion } from "./row.ts";
import css from "./style.css";

/** Nobody reads the reasons for more lines, and an address has its limits. */
const LINES = 60;
const WIDE = 720;

// A suggestion without a reason is advertising, and without a price it is a riddle.
const usable = (item: Partial<Suggestion> | null) =>
  item?.title && item.variant_number && item.price?.currency && item.reason?.text;

/** Where a list stands, and the articles that it is about beside those of the cart. */
function spot({ placement }: Host) {
  const { page, product } = document.querySelector<HTMLElement>("script[data-shop]")?.dataset ?? {};
  const {
    place = placement?.closest("dialog,[role=dialog]")
      ? "drawer"
      : page === "product"
        ? page
        : "cart",
    products = place === "product" ? product : "",
  } = placement?.dataset ?? {};
  return { place, products };
}

/** What the app suggests for a cart at this place. */
async function ask(host: Host, { items, currency }: Cart): Promise<Suggestion[]> {
  const { limit = 3, places } = host.campaign.settings as { limit?: number; places?: string[] };
  const { lang, person, shop } = host;
  const { id, hash } = person;
  const { place, products } = spot(host);
  const first = products ? products.split(",") : [];
  const lines = [...first.map((product_id) => ({ product_id, quantity: 1 })), ...items];
  if (!lines[0] || places?.includes(place) === false) return [];
  const cart = lines
    .slice(0, LINES)
    .map(({ product_id, quantity = 1 }) => ({ product: `${product_id}`, quantity }));
  const sum = items.reduce((sum, { price, quantity }) => sum + Number(price) * quantity, 0);
  // Prices are held against it, and those are in the shop's currency.
  const own = sum > 0 && (currency ?? shop.currency) === shop.currency;
  const body = { cart, place, lang, ...(own && { total: sum.toFixed(2) }) };
  // Only for whom the shop vouches is there more to go by than the cart.
  let found = hash ? await host.api("suggestions", { ...body, customer: { id, hash } }) : undefined;
  if (found?.status !== 200) {
    const told = cart.map(({ product, quantity }) =>
      quantity > 1 ? `${product}*${quantity}` : product,
    );
    found = await host.api(`suggestions?${new URLSearchParams({ ...body, cart: told.join() })}`);
  }
  const { items: usual = [] } = (found.data ?? {}) as { items?: Suggestion[] };
  // A drawer has little room, and a status page is about something else.
  const drawer = place === "drawer";
  const room = drawer && innerWidth < WIDE ? 1 : drawer || place === "status" ? 2 : limit;
  return usual.filter(usable).slice(0, Math.min(limit, room));
}

const base = { ask, row, spot, css, place };

/** How a question is asked, a list placed and a row drawn. */
export type Base = typeof base;

/** Draws the suggestions; without any, nothing at all. */
export default async function start(host: Host): Promise<Close | undefined> {
  // Fetched while the cart and the app are asked.
  const rest = import("./follow.ts");
  const cart = await cartOf(host)?.read();
  return cart && (await rest).default(host, cart, await ask(host, cart), base);
}
