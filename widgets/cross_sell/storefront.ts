// Shows in the cart what goes with it, each with its reason, and adds it on request.

import { cartOf } from "../_runtime/cart.ts";
import type { Cart, Close, Host } from "../_runtime/contract.ts";
import { h } from "../_runtime/dom.ts";
import { place } from "../_runtime/place.ts";
import { merchant, say } from "../_runtime/say.ts";
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
async function ask(host: Host, { items }: Cart): Promise<Suggestion[]> {
  const { limit = 3, places } = host.campaign.settings as { limit?: number; places?: string[] };
  const { place, products } = spot(host);
  const lines = items.map(({ product_id, quantity: many }) =>
    many > 1 ? `${product_id}*${many}` : product_id,
  );
  const of = [products, ...lines].filter(Boolean);
  if (!of[0] || places?.includes(place) === false) return [];
  const total = items.reduce((sum, { price, quantity }) => sum + Number(price) * quantity, 0);
  const question = new URLSearchParams({
    cart: of.slice(0, LINES).join(),
    place,
    lang: host.lang,
    ...(total > 0 && { total: total.toFixed(2) }),
  });
  const { data } = await host.api(`suggestions?${question}`);
  const { items: found = [] } = (data ?? {}) as { items?: Suggestion[] };
  // A drawer has little room, and a status page is about something else.
  const drawer = place === "drawer";
  const room = drawer && innerWidth < WIDE ? 1 : drawer || place === "status" ? 2 : limit;
  return found.filter(usable).slice(0, Math.min(limit, room));
}

/** Draws an empty list into the place of a host. */
function draw(host: Host, sheets: readonly string[], hide: Close) {
  const live = h("p.live", { role: "status" });
  const list = h("ul");
  const words = spot(host).place === "cart" ? "sug.title" : "sug.short";
  const title = merchant(host, host.campaign.settings.title) || say(host, words);
  const leave = h("button.a", { click: hide }, say(host, "sug.hide"));
  const top = h("div.hd", h("h2", { id: "t" }, title), leave);
  return { live, list, close: place(host, [css, ...sheets], top, list, live) };
}

const base = { ask, draw, row };

/** How a question is asked, a list and its rows are drawn. */
export type Base = typeof base;

/** Draws the suggestions; without any, nothing at all. */
export default async function start(host: Host): Promise<Close | undefined> {
  // Fetched while the cart and the app are asked.
  const rest = import("./follow.ts");
  const cart = await cartOf(host)?.read();
  return cart && (await rest).default(host, cart, await ask(host, cart), base);
}
