// What is known of this page and this moment, whether or not it may be remembered longer.

import { cartOf } from "./cart.ts";
import { recall, remember, tier } from "./consent.ts";
import type { Campaign, Rule } from "./contract.ts";
import type { Life } from "./life.ts";
import type { Facts } from "./rules.ts";
import { device } from "./sensors.ts";

/** For how long an answer of the app is waited for, in milliseconds. */
export const ANSWER_MS = 8000;
/** A pause of half an hour makes another visit. */
const PAUSE_MS = 18e5;

export type Moment = Rule | null | undefined;
type Refusals = Record<number, readonly [times: number, last: number]>;
type Was = readonly [visits: number, last: number, views: number, bought: number];

export let life: Life;
export let cart: Facts["cart"];
let refusals: Refusals = {};
let done = 0;

/** Takes the life of a page over; what was known of another one is forgotten. */
export function takeOver(of: Life): void {
  life = of;
  cart = null;
  refusals = {};
  done = 0;
}

const kept = () => recall<Refusals>("bleib.no") ?? {};

/** How often a campaign was refused, and when last. */
export const refused = (id: number) => refusals[id] ?? kept()[id];

/** The shopper said no. */
export function refuse(id: number): void {
  const before = kept();
  refusals[id] = [(before[id]?.[0] ?? 0) + 1, Date.now()];
  remember("bleib.no", { ...before, ...refusals });
}

/** The shopper signed up. */
export function signedUp(): void {
  done = Date.now();
  remember("bleib.ok", done);
}

/** When the shopper last signed up or bought something, 0 where nothing is known of it. */
export const lastDone = () =>
  Math.max(done, recall<number>("bleib.ok") ?? 0, recall<Was>("bleib.was")?.[3] ?? 0);

/** Keeps, where it may be remembered: visits, pages of this one, the last purchase. */
export function note(): void {
  const { view, tag } = life;
  // Nobody has seen a page yet that is only prepared.
  const { prerendering } = document as { prerendering?: boolean };
  if (view.noted || prerendering || tier() < 2) return;
  view.noted = true;
  const [visits = 0, last = 0, views = 0, bought = 0] = recall<Was>("bleib.was") ?? [];
  const now = Date.now();
  const pause = now - last > PAUSE_MS;
  const buys = /^(thankyou|order)$/.test(`${tag.dataset.page}`);
  remember("bleib.was", [visits + +pause, now, pause ? 1 : views + 1, buys ? now : bought]);
}

function address(): string {
  const url = location.pathname + location.search;
  try {
    return decodeURI(url);
  } catch {
    // Then it is compared as it stands.
    return url;
  }
}

/** What is known at this moment. */
export function facts(moment?: Moment): Facts {
  const { tag, view, person, shop, landing, lang } = life;
  const [visits = 1, , views = 1] = recall<Was>("bleib.was") ?? [];
  const query = [...new URLSearchParams(landing)];
  return {
    moment,
    seconds: (performance.now() - view.began) / 1000,
    url: address(),
    page: tag.dataset.page,
    device: device(),
    lang,
    cart,
    views,
    scrolled: view.deepest,
    referrer: document.referrer.replace(/^\w+:\/\//, "").replace(/[?#].*/, ""),
    utm: Object.fromEntries(query.map(([name, value]) => [name.replace(/^utm_/, ""), value])),
    returning: visits > 1,
    subscriber: person.subscriber ?? !!(done || recall("bleib.ok")),
    customer: person.customer ?? "customer" in tag.dataset,
    now: `${new Date().toISOString().slice(0, 19)}Z`,
    zone: shop.zone,
  };
}

/** Reads the cart, where the rule of a campaign asks for it. */
export async function readCart(campaign: Campaign): Promise<void> {
  if (!/"cart_/.test(JSON.stringify(campaign.when ?? ""))) return;
  const hook = cartOf({ shop: life.shop, cart: life.cart() });
  const items = (await hook?.read().catch(() => undefined))?.items;
  cart = items && {
    value: items.reduce((sum, { price, quantity }) => sum + Number(price) * quantity, 0),
    items: items.reduce((sum, { quantity }) => sum + quantity, 0),
    products: items.map(({ product_id }) => `${product_id}`),
  };
}

/** Asks once whether the shop's own word makes somebody a subscriber. */
export async function readPerson(): Promise<void> {
  const { id, hash, subscriber } = life.person;
  if (!hash || subscriber !== undefined) return;
  const { data } = await life.request(`${life.api}identity`, ANSWER_MS, { id, hash });
  const known = (data as { subscriber?: boolean } | null)?.subscriber;
  life.person = { ...life.person, subscriber: !!known };
}
