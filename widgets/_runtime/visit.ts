// What happens from the first hint of a trigger on: gates, variants, the widget and its host.

import { armOf, exposed } from "./arms.ts";
import { cartOf } from "./cart.ts";
import type {
  Campaign,
  CartHook,
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
import type { Life } from "./life.ts";
import { occupied } from "./occupied.ts";
import { type Facts, MOMENTS } from "./rules.ts";

const ANSWER_MS = 8000;
/** After which a campaign that only waits for its time asks again whether the floor is free. */
const AGAIN_MS = 2000;

type Refusals = Record<number, readonly [times: number, last: number]>;
type Was = readonly [visits: number, last: number, views: number, bought?: number];
type Moment = Rule | null | undefined;

/** A campaign with everything that was fetched for it. */
export interface Brought {
  readonly campaign: Campaign;
  readonly start: Start;
  readonly texts: Texts;
}

/** The cart of a preview: it holds something and takes everything. */
const sham = async () => ({ items: [{ product_id: 1 }] as never[] });
const SHAM = { read: sham, add: sham, change: sham } as unknown as CartHook;

// What is known for this page's life, whether or not it may be remembered longer.
let life: Life;
let count: ReturnType<typeof collector>;
let refusals: Refusals = {};
let done = 0;
let cart: Facts["cart"];
let again: ReturnType<typeof setTimeout> | undefined;

/** Takes the life of the page over; what was known of another one is forgotten. */
export function begin(of: Life): void {
  // So that there is one when the first thing is to be counted.
  ticketOf(of);
  if (life === of) return;
  life = of;
  refusals = {};
  done = 0;
  cart = null;
  count = collector(life);
  life.signal.addEventListener("abort", () => clearTimeout(again));
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
  life.person = { ...life.person, ...(data as { subscriber?: boolean } | null) };
}

function verdicts(campaign: Campaign, moment: Moment): Verdict[] {
  const { states, shop, tag, recall, view, signal, trial } = life;
  const { when, settings, id } = campaign;
  const open = moment === null ? MOMENTS : undefined;
  const kept = recall<Refusals>("bleib.no") ?? {};
  const was = recall<Was>("bleib.was")?.[3];
  const known = {
    now: Date.now(),
    stopped: signal.aborted || trial === "editor",
    page: PAGE.test(`${tag.dataset.page}`) ? `${tag.dataset.page}` : location.pathname,
    rule: !when || life.holds(when, { ...life.facts(moment), cart }, open) !== false,
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

const PAGE = /^(checkout|thankyou|order)$/;

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
  const before = life.recall<number[]>("bleib.seen") ?? [];
  life.remember("bleib.seen", [...before.slice(-9), Date.now()]);
}

/**
 * Shows the first campaign that all gates let through; true when that ended the occasion. Nothing
 * is asked where the shopper wants it (`moment` is null).
 */
export async function occasion(of: Life, brought: Brought[], moment: Moment): Promise<boolean> {
  begin(of);
  const { states } = life;
  for (const one of brought) {
    const { campaign } = one;
    await readCart(campaign);
    await readPerson();
    if (states[campaign.id] === "shown") continue;
    const stop = verdicts(campaign, moment).find(({ passes }) => !passes);
    states[campaign.id] = stop?.gate ?? "";
    if (!stop) return show(of, one);
    if (stop.gate === "occupied" && !moment) {
      clearTimeout(again);
      again = setTimeout(life.again, AGAIN_MS);
    }
    if (stop.gate !== "holdout") continue;
    if ("frame" in campaign.settings) interrupted();
    happened("withheld", campaign, "-");
    return true;
  }
  return false;
}

/** Draws a campaign, whatever the gates would say. */
export async function show(of: Life, { campaign, start, texts }: Brought): Promise<boolean> {
  begin(of);
  const { states, closers, view } = life;
  const { id, settings } = campaign;
  // Who is held out and opens it all the same sees version A, and counts as who they were drawn.
  const arm = armOf(life, campaign);
  const own = new AbortController();
  const merged: Settings = { ...settings, ...campaign.variants?.[arm] };
  const host = hostOf({ ...campaign, settings: merged }, arm, texts, own.signal);
  const interrupts = "frame" in settings;
  closers[id]?.(true);
  // Meanwhile nobody else may begin.
  const before = view.asked;
  if (interrupts) view.asked = true;
  states[id] = "failed";
  const close = await start(host);
  states[id] = close ? "shown" : "nothing_to_show";
  if (!close) {
    view.asked = !!before;
    return false;
  }
  if (interrupts && life.preview === null) interrupted();
  closers[id] = (end) => {
    close();
    if (end) own.abort();
  };
  if (life.signal.aborted) closers[id]?.(true);
  return true;
}

function hostOf(campaign: Campaign, arm: string, texts: Texts, signal: AbortSignal): Host {
  const { shop, lang, preview, request, api, remember, recall } = life;
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
