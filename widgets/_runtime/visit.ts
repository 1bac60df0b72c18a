// What happens from the first hint of a trigger on: gates, variants, the widget and its host.

import { followConsent } from "./adapters.ts";
import { armOf, exposed } from "./arms.ts";
import { cartOf } from "./cart.ts";
import { beStrict, consent, decided, recall, remember, tier } from "./consent.ts";
import type {
  Campaign,
  CartHook,
  Close,
  EventKind,
  Host,
  Rule,
  Settings,
  Start,
  Texts,
  Trace,
  Verdict,
} from "./contract.ts";
import { collector, ticketOf, uuid } from "./events.ts";
import { gates } from "./gates.ts";
import { leaves, MOMENTS } from "./groups.ts";
import type { Life } from "./life.ts";
import { senseMore } from "./moments.ts";
import { occupied } from "./occupied.ts";
import { type Facts, holds } from "./rules.ts";
import { device, type Emit } from "./sensors.ts";

const ANSWER_MS = 8000;
/** After which a campaign that only waits for its time asks again whether the floor is free. */
const AGAIN_MS = 2000;
/** A pause of half an hour makes another visit. */
const PAUSE_MS = 18e5;

type Refusals = Record<number, readonly [times: number, last: number]>;
type Was = readonly [visits: number, last: number, views: number, bought: number];
type Moment = Rule | null | undefined;

/** A campaign with everything that was fetched for it. */
export interface Brought {
  readonly campaign: Campaign;
  readonly start: Start;
  readonly texts: Texts;
}

/** A campaign that is drawn out of sight until `show` is called. */
interface Held {
  readonly arm: string;
  readonly own: AbortController;
  show(value?: unknown): void;
  readonly close: Promise<Close | undefined>;
}

/** The cart of a preview: it holds something and takes everything. */
const sham = async () => ({ items: [{ product_id: 1 }] as never[] });
const SHAM = { read: sham, add: sham, change: sham } as unknown as CartHook;

// What is known for this page's life, whether or not it may be remembered longer.
let life: Life;
let count: ReturnType<typeof collector>;
let refusals: Refusals = {};
let done = 0;
export let cart: Facts["cart"];
/** What is drawn already and waits for its moment, by the campaign's id. */
let held: Record<number, Held> = {};
let again: ReturnType<typeof setTimeout> | undefined;

/** Takes the life of the page over; what was known of another one is forgotten. */
export function begin(of: Life): void {
  if (life !== of) {
    life = of;
    refusals = {};
    done = 0;
    cart = null;
    held = {};
    count = collector(life);
    const waiting = held;
    life.signal.addEventListener("abort", () => {
      clearTimeout(again);
      for (const { own } of Object.values(waiting)) own.abort();
    });
    beStrict(life.shop.manners?.strict);
    life.consent = (told) => {
      consent(told);
      note();
    };
    Object.assign(life, { holds, tier, recall, remember, facts });
    followConsent(life.consent, decided, life.signal);
    for (const told of life.told.splice(0)) life.consent(told);
  }
  note();
  // So that there is one when the first thing is to be counted.
  ticketOf(life);
}

/** Begins before any sign, where rules wait for more than the loader can notice. */
export function early(of: Life, emit: Emit, soon: () => void, signal: AbortSignal): void {
  begin(of);
  const rules = life.shop.campaigns.flatMap(({ when }) => (when ? leaves(when) : []));
  senseMore(rules, life.view, emit, soon, signal);
  // Whoever followed the link of a saved cart has asked for it (exit_intent/basket.ts).
  const [, id] = /^#bleib-cart=(\d+)/.exec(location.hash) ?? [];
  if (id) (window as unknown as { bleib: { open(id: number): void } }).bleib.open(+id);
}

// Where it may be remembered: how many visits, how many pages of this one, the last purchase.
function note(): void {
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
function facts(moment?: Moment): Facts {
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

async function readCart(campaign: Campaign): Promise<void> {
  if (!/"cart_/.test(JSON.stringify(campaign.when ?? ""))) return;
  const hook = cartOf({ shop: life.shop, cart: life.cart() });
  const items = (await hook?.read().catch(() => undefined))?.items;
  cart = items && {
    value: items.reduce((sum, { price, quantity }) => sum + Number(price) * quantity, 0),
    items: items.reduce((sum, { quantity }) => sum + quantity, 0),
    products: items.map(({ product_id }) => `${product_id}`),
  };
}

// Whether the shop's own word makes somebody a subscriber, asked once.
async function readPerson(): Promise<void> {
  const { id, hash, subscriber } = life.person;
  if (!hash || subscriber !== undefined) return;
  const { data } = await life.request(`${life.api}identity`, ANSWER_MS, { id, hash });
  const known = (data as { subscriber?: boolean } | null)?.subscriber;
  life.person = { ...life.person, subscriber: !!known };
}

function verdicts(campaign: Campaign, moment: Moment): Verdict[] {
  const { states, shop, tag, view, signal, trial } = life;
  const { when, settings, id } = campaign;
  const open = moment === null ? MOMENTS : undefined;
  const kept = recall<Refusals>("bleib.no") ?? {};
  const was = recall<Was>("bleib.was")?.[3];
  const known = {
    now: Date.now(),
    stopped: signal.aborted || (trial === "editor" && "frame" in settings),
    page: `${tag.dataset.page ?? ""} ${location.pathname}`.trim(),
    rule: !when || holds(when, facts(moment), open) !== false,
    refused: refusals[id] ?? kept[id],
    recontact_days: Number(settings.recontact_days),
    done: Math.max(done, recall<number>("bleib.ok") ?? 0, was ?? 0),
    subscribed: !!life.person.subscriber && settings.content === "sign_up",
    seen: recall<number[]>("bleib.seen") ?? [],
    asked: !!view.asked && states[id] !== "shown",
    occupied: states[id] === "shown" ? "" : occupied(),
    arm: armOf(life, campaign),
  };
  return gates(known, shop.manners ?? {}, !("frame" in settings));
}

/** Why each campaign is, or is not, to be seen at this moment. */
export async function trace(of: Life): Promise<Trace[]> {
  begin(of);
  const { shop, states } = life;
  const found: Trace[] = [];
  for (const campaign of shop.campaigns) {
    await readCart(campaign);
    await readPerson();
    const { id, widget } = campaign;
    const state = states[id] ?? "";
    found.push({
      campaign: id,
      widget,
      shown: state === "shown",
      state,
      gates: verdicts(campaign, null),
    });
  }
  return found;
}

/** Counts what happened, and tells the page. */
function happened(kind: EventKind, campaign: Campaign, arm: string): void {
  count(kind, campaign, arm);
  const detail = { widget: campaign.widget, campaign: campaign.id, arm };
  document.dispatchEvent(new CustomEvent(`bleib:${kind}`, { detail }));
}

function interrupted(): void {
  life.view.asked = true;
  const before = recall<number[]>("bleib.seen") ?? [];
  remember("bleib.seen", [...before.slice(-9), Date.now()]);
}

/** Shows a campaign that all gates let through; true when that ended the occasion. */
export async function occasion(one: Brought, moment: Moment): Promise<boolean> {
  const { campaign } = one;
  const { states } = life;
  const { id, settings } = campaign;
  await Promise.all([readCart(campaign), readPerson()]);
  // Inside the page it is only asked for a place that is still empty.
  if (states[id] === "shown" && "frame" in settings) return false;
  const stop = verdicts(campaign, moment).find(({ passes }) => !passes)?.gate;
  if (!stop) return show(one);
  // What its rule does not want yet goes on waiting.
  states[id] = stop === "rule" ? "waiting" : stop;
  if (stop === "occupied" && !moment) {
    clearTimeout(again);
    again = setTimeout(life.again, AGAIN_MS);
  }
  if (stop !== "holdout") return false;
  // Withheld from somebody who would have seen it: the same as seen, but for the picture.
  if ("frame" in settings) interrupted();
  happened("withheld", campaign, "-");
  return true;
}

// Draws a campaign out of sight, unless it is there already.
function draw({ campaign, start, texts }: Brought): Held {
  const { id, settings } = campaign;
  // Who is held out and opens it all the same sees version A, and counts as what was drawn.
  const arm = armOf(life, campaign);
  if (held[id]?.arm === arm) return held[id];
  held[id]?.own.abort();
  const own = new AbortController();
  const merged: Settings = { ...settings, ...campaign.variants?.[arm] };
  let show: Held["show"] = () => {};
  const shown = new Promise((done) => {
    show = done;
  });
  const host = hostOf({ ...campaign, settings: merged }, arm, texts, own.signal, shown);
  const close = (async () => start(host))();
  // Whoever shows it hears of it.
  close.catch(() => {});
  held[id] = { arm, own, show, close };
  return held[id];
}

/** Draws a campaign out of sight where only its moment is missing, so that it opens at once. */
export function prepare(one: Brought): void {
  const stop = verdicts(one.campaign, null).find(({ passes }) => !passes)?.gate ?? "";
  if (/^(rule|occupied)?$/.test(stop)) draw(one);
}

/** Shows a campaign, whatever the gates would say; true when there was something to see. */
export async function show(one: Brought): Promise<boolean> {
  const { states, closers, view } = life;
  const { id, settings } = one.campaign;
  const interrupts = "frame" in settings;
  closers[id]?.(true);
  // Meanwhile nobody else may begin.
  const before = !!view.asked;
  view.asked = before || interrupts;
  states[id] = "failed";
  let close: Close | undefined;
  const { own, show, close: closing } = draw(one);
  delete held[id];
  show();
  try {
    close = await closing;
    states[id] = close ? "shown" : "nothing_to_show";
  } finally {
    if (!close) {
      view.asked = before;
      own.abort();
    }
  }
  if (!close) return false;
  if (interrupts && life.preview === null) interrupted();
  closers[id] = (end) => {
    close?.();
    if (end) own.abort();
  };
  if (life.signal.aborted) closers[id]?.(true);
  return true;
}

function hostOf(
  campaign: Campaign,
  arm: string,
  texts: Texts,
  signal: AbortSignal,
  shown: Promise<unknown>,
): Host {
  const { shop, lang, preview, request, api } = life;
  const { id, sample } = campaign;
  const real = preview === null;
  return {
    shop,
    campaign,
    arm,
    texts,
    lang,
    preview,
    signal,
    shown,
    uuid,
    placement: life.placement(campaign),
    get cart() {
      return real ? life.cart() : SHAM;
    },
    ticket: () => ticketOf(life),
    api: async (path, body) => {
      if (!real) return { status: 202, data: sample };
      const told = path === "subscriptions" && {
        arm,
        ticket: await ticketOf(life),
        arms: exposed(life),
      };
      return request(api + path, ANSWER_MS, told ? { ...(body as object), ...told } : body);
    },
    event: (kind) => happened(kind, campaign, arm),
    refuse() {
      if (!real) return;
      const kept = recall<Refusals>("bleib.no") ?? {};
      refusals[id] = [(kept[id]?.[0] ?? 0) + 1, Date.now()];
      remember("bleib.no", { ...kept, ...refusals });
    },
    done() {
      if (!real) return;
      done = Date.now();
      remember("bleib.ok", done);
    },
  };
}
