// What happens from the first hint of a trigger on: gates, variants, the widget and its host.

import { followConsent } from "./adapters.ts";
import { armOf } from "./arms.ts";
import { beStrict, consent, decided, recall, remember, tier } from "./consent.ts";
import type {
  Campaign,
  Close,
  Detail,
  EventKind,
  Settings,
  Start,
  Texts,
  Trace,
  Verdict,
} from "./contract.ts";
import { collector, ticketOf } from "./events.ts";
import { gates } from "./gates.ts";
import { leaves, MOMENTS } from "./groups.ts";
import { hostOf } from "./host.ts";
import {
  facts,
  lastDone,
  life,
  type Moment,
  note,
  readCart,
  readPerson,
  refused,
  takeOver,
} from "./known.ts";
import type { Life } from "./life.ts";
import { senseMore } from "./moments.ts";
import { occupied } from "./occupied.ts";
import { holds } from "./rules.ts";
import type { Emit } from "./sensors.ts";

/** After which a campaign that only waits for its time asks again whether the floor is free. */
const AGAIN_MS = 2000;
/** After how many milliseconds a page asks anew whether the shop has stopped something. */
const LOOK_MS = 30_000;

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

let count: ReturnType<typeof collector>;
/** What is drawn already and waits for its moment, by the campaign's id. */
let held: Record<number, Held> = {};
let again: ReturnType<typeof setTimeout> | undefined;
let looking: typeof again;

/** Takes the life of the page over; what was known of another one is forgotten. */
export function begin(of: Life): void {
  if (life !== of) {
    takeOver(of);
    held = {};
    count = collector(life);
    const waiting = held;
    life.signal.addEventListener("abort", () => {
      clearTimeout(again);
      clearTimeout(looking);
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

// A page that shows nothing asks nothing, and what is to be shown waits no longer than a second.
const look = () =>
  life.preview === null &&
  Promise.race([
    import("./stopping.ts")
      .then(async (part) => (await part.look(life)) && later())
      .catch(() => {}),
    new Promise((done) => setTimeout(done, 1000)),
  ]);

const later = () => {
  clearTimeout(looking);
  looking = setTimeout(look, LOOK_MS);
};

/** Begins before any sign, where rules wait for more than the loader can notice. */
export function early(of: Life, emit: Emit, soon: () => void, signal: AbortSignal): void {
  begin(of);
  const rules = life.shop.campaigns.flatMap(({ when }) => (when ? leaves(when) : []));
  senseMore(rules, life.view, emit, soon, signal);
  // Whoever followed the link of a saved cart has asked for it (exit_intent/basket.ts); whoever
  // came with a voucher is told in the cart what it needs (preflight.ts).
  const [, id] = /^#bleib-cart=(\d+)/.exec(location.hash) ?? [];
  const what = id ? +id : recall("bleib.voucher") && "preflight";
  if (what) (window as unknown as { bleib: { open(what: unknown): void } }).bleib.open(what);
}

function verdicts(campaign: Campaign, moment: Moment): Verdict[] {
  const { states, shop, tag, view, signal, trial } = life;
  const { when, settings, id } = campaign;
  const open = moment === null ? MOMENTS : undefined;
  const known = {
    now: Date.now(),
    stopped:
      signal.aborted ||
      !shop.campaigns.includes(campaign) ||
      (trial === "editor" && "frame" in settings),
    page: `${tag.dataset.page ?? ""} ${location.pathname}`.trim(),
    rule: !when || holds(when, facts(moment), open) !== false,
    refused: refused(id),
    recontact_days: Number(settings.recontact_days),
    done: lastDone(),
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
function happened(kind: EventKind | Detail, campaign: Campaign, arm: string): void {
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
  const asked = performance.now() > LOOK_MS && look();
  await Promise.all([readCart(campaign), readPerson(), asked]);
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
  const drawn = { ...campaign, settings: merged };
  const host = hostOf(drawn, arm, texts, own.signal, shown, (kind) => happened(kind, drawn, arm));
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
  else later();
  return true;
}
