// The one script of a shop's page: reads the configuration and brings widgets in when needed.

import { consent, followConsent } from "./consent.ts";
import type { Campaign, CartHook, ShopConfig } from "./contract.ts";
import { collector } from "./events.ts";
import { obstacle, opened } from "./frequency.ts";
import { request } from "./request.ts";
import { shaped } from "./shape.ts";
import { arm, type Trigger } from "./triggers.ts";
import { type Life, prepare } from "./widget.ts";

type Listener = (widget: string) => void;

interface Given {
  cart?: CartHook | null;
  stop?: unknown;
}

/** The longest wait for the page to be there, in milliseconds. */
const PAGE_MS = 3000;
const CONFIG_MS = 4000;
/** Where nothing may come between the shopper and the purchase. */
const NEVER_INTERRUPT = /^(checkout|thankyou|order)$/;

/** An address that names a host and nothing else. */
const ORIGIN = /^https?:\/\/[\w.:-]+$/;

const page = window as unknown as { bleib?: Given; Shopify?: { designMode?: boolean } };
const openers: Record<string, () => unknown> = {};

/** Opens by itself, at the sign of an exit and when nothing speaks against it. */
function interrupting(life: Life, shop: ShopConfig, campaign: Campaign): void {
  const { states, signal, tag } = life;
  const { widget } = campaign;
  const [load, show] = prepare(life, shop, campaign, null);
  openers[widget] = show;
  if (life.preview !== null) return void show();
  states[widget] = "not_on_this_page";
  if (page.Shopify?.designMode || NEVER_INTERRUPT.test(`${tag.dataset.page}`)) return;
  states[widget] = "waiting";
  const armed = new AbortController();
  const soon = () => load().catch(() => {});
  const fire = () => {
    const why = obstacle(widget);
    if (why || signal.aborted) {
      states[widget] = why;
      return;
    }
    armed.abort();
    opened();
    show();
  };
  arm(campaign.settings.trigger as Trigger, soon, fire, armed.signal);
}

/** Stands where the theme has a place for it, and is drawn before that place comes into view. */
function inline(life: Life, shop: ShopConfig, campaign: Campaign, placement: HTMLElement): void {
  const [, show] = prepare(life, shop, campaign, placement);
  life.states[campaign.widget] = "out_of_sight";
  const near = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      if (!life.signal.aborted) show();
    },
    { rootMargin: "100%" },
  );
  near.observe(placement);
}

function begin(life: Life, shop: ShopConfig): void {
  const { states } = life;
  for (const campaign of shop.campaigns) {
    const { widget } = campaign;
    if (states[widget]) continue;
    const placement = document.querySelector<HTMLElement>(`[data-bleib=${widget}]`);
    states[widget] = "no_placement";
    if (campaign.settings.trigger) interrupting(life, shop, campaign);
    else if (placement) inline(life, shop, campaign, placement);
  }
}

async function main(life: Life, configUrl: string): Promise<void> {
  const { signal } = life;
  followConsent(signal);
  const inlined = document.getElementById("bleib-config")?.textContent;
  const shop = shaped(inlined ? JSON.parse(inlined) : (await request(configUrl, CONFIG_MS)).data);
  if (!shop) return;
  // The page comes first, and its style sheets tell us how the shop looks. A page that hangs on
  // something else is not waited for.
  if (document.readyState !== "complete") {
    await new Promise((ready) => {
      addEventListener("load", ready);
      setTimeout(ready, PAGE_MS);
    });
  }
  if (!signal.aborted) begin(life, shop);
}

function run(tag: HTMLScriptElement, given: Given): void {
  const { shop = "", app = "", preview = null } = tag.dataset;
  const key = encodeURIComponent(shop);
  // A platform that ships the loader in a package has nothing else of ours beside it.
  const base = ORIGIN.test(app) ? `${app}/static/v1/` : tag.src;
  const root = `${new URL("../../v1/", base)}`;
  const api = `${root}${key}/`;
  const ending = new AbortController();
  const { signal } = ending;
  const listeners: [kind: string, listener: Listener][] = [];
  const count = preview === null && collector(`${api}events`, signal);
  const life: Life = {
    tag,
    api,
    preview,
    signal,
    files: `${new URL(".", base)}`,
    states: {},
    closers: {},
    cart: () => bleib.cart,
    tell: (kind, widget, campaign) => {
      if (count) count(kind, widget, campaign);
      for (const [name, listener] of listeners) {
        // On its own, so that a listener of the shop that fails takes nothing along.
        if (name === kind) queueMicrotask(() => listener(widget));
      }
    },
  };
  const bleib = {
    cart: given.cart ?? null,
    consent,
    /** Opens a widget because the shopper asked for it, for instance from a link of the theme. */
    open: (widget: string) => openers[widget]?.(),
    close: () => {
      for (const close of Object.values(life.closers)) close();
    },
    on: (kind: string, listener: Listener) => {
      listeners.push([kind, listener]);
    },
    /** Why each widget of the page is, or is not, to be seen. */
    why: () => ({ ...life.states }),
    stop: () => {
      bleib.close();
      ending.abort();
    },
  };
  page.bleib = bleib;
  main(life, `${root}config/${key}`).catch(() => {});
}

try {
  const given = page.bleib ?? {};
  const tag = document.querySelector<HTMLScriptElement>("script[data-shop][src*='/bleib.js']");
  // A second tag on the page finds the first one at work and leaves it alone.
  if (tag && !given.stop) run(tag, given);
} catch {
  // A page that Bleib cannot work on stays as it is.
}
