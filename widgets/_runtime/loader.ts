// The one script of a shop's page: reads the configuration and brings widgets in when needed.

import { consent, followConsent } from "./consent.ts";
import type {
  Answer,
  Campaign,
  CartHook,
  Close,
  Host,
  ShopConfig,
  Start,
  Texts,
} from "./contract.ts";
import { collector, uuid } from "./events.ts";
import { obstacle, opened, refuse, signedUp } from "./frequency.ts";
import { fileName, shaped } from "./shape.ts";
import { language, variant } from "./texts.ts";
import { arm, type Trigger } from "./triggers.ts";

type Listener = (widget: string) => void;

interface Given {
  cart?: CartHook | null;
  stop?: unknown;
}

const CONFIG_MS = 4000;
const ANSWER_MS = 8000;
/** Where nothing may come between the shopper and the purchase. */
const NEVER_INTERRUPT = /^(checkout|thankyou|order)$/;

/** The cart of a preview: it holds something and takes everything. */
const sham = async () => ({ items: [{ product_id: 1 }] as never[] });
const SHAM = { read: sham, add: sham, change: sham } as unknown as CartHook;

const page = window as unknown as { bleib?: Given; Shopify?: { designMode?: boolean } };

/** A request that always ends: with the answer, or with status 0. */
async function request(url: string, wait: number, body?: unknown): Promise<Answer> {
  try {
    // A plain text body needs no preflight; the app reads it as JSON.
    const response = await fetch(url, {
      credentials: "omit",
      signal: AbortSignal.timeout(wait),
      ...(body ? { method: "POST", body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, data: await response.json().catch(() => null) };
  } catch {
    return { status: 0, data: null };
  }
}

function run(tag: HTMLScriptElement, given: Given): void {
  const files = new URL(".", tag.src).href;
  const { shop: key = "", preview = null, page: kind = "" } = tag.dataset;
  const root = `${new URL("../../v1/", files)}`;
  const api = `${root}${encodeURIComponent(key)}/`;
  const life = new AbortController();
  const { signal } = life;
  const listeners: [kind: string, listener: Listener][] = [];
  const states: Record<string, string> = {};
  const closers: Record<string, Close> = {};
  const openers: Record<string, () => void> = {};
  const count = preview === null && collector(`${api}events`, signal);

  const bleib = {
    cart: given.cart ?? null,
    consent,
    /** Opens a widget because the shopper asked for it, for instance from a link of the theme. */
    open: (widget: string) => openers[widget]?.(),
    close: () => {
      for (const close of Object.values(closers)) close();
    },
    on: (kind: string, listener: Listener) => {
      listeners.push([kind, listener]);
    },
    /** Why each widget of the page is, or is not, to be seen. */
    why: () => ({ ...states }),
    stop: () => {
      bleib.close();
      life.abort();
    },
  };
  page.bleib = bleib;

  // Each widget lives and fails for itself: whatever goes wrong, the page goes on.
  function prepare(shop: ShopConfig, campaign: Campaign, placement: HTMLElement | null) {
    const { widget, id, settings } = campaign;
    const parts = shop.widgets[widget];
    const lang = language(shop, tag);
    const words = variant(parts?.texts ?? {}, lang, shop.address);
    let loading: Promise<[Record<string, Start>, Record<string, Texts>]> | undefined;
    const load = async () => {
      loading ??= Promise.all([
        import(files + fileName(parts?.js)),
        import(files + fileName(words)),
      ]);
      return loading;
    };
    const show = async () => {
      states[widget] = "failed";
      try {
        const [starts, texts] = await load();
        const start = starts[widget];
        if (!start || signal.aborted) return;
        const host: Host = {
          shop,
          campaign,
          placement,
          preview,
          signal,
          lang,
          uuid,
          texts: texts[widget] ?? {},
          get cart() {
            return preview === null ? bleib.cart : SHAM;
          },
          api: async (path, body) =>
            preview === null
              ? request(api + path, ANSWER_MS, body)
              : { status: 202, data: campaign.sample },
          event: (kind) => {
            if (count) count(kind, widget, id);
            for (const [name, listener] of listeners) {
              // On its own, so that a listener of the shop that fails takes nothing along.
              if (name === kind) queueMicrotask(() => listener(widget));
            }
          },
          refuse: () => preview === null && refuse(widget, Number(settings.recontact_days)),
          done: () => preview === null && signedUp(),
        };
        const close = await start(host);
        if (close) closers[widget] = close;
        states[widget] = close ? "shown" : "nothing_to_show";
      } catch {
        // The state already says so.
      }
    };
    return [load, show] as const;
  }

  function interrupting(shop: ShopConfig, campaign: Campaign): void {
    const { widget } = campaign;
    const [load, show] = prepare(shop, campaign, null);
    openers[widget] = show;
    if (preview !== null) return void show();
    states[widget] = "not_on_this_page";
    if (page.Shopify?.designMode || NEVER_INTERRUPT.test(kind)) return;
    states[widget] = "waiting";
    const armed = new AbortController();
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
    const soon = () => load().catch(() => {});
    arm(campaign.settings.trigger as Trigger, soon, fire, armed.signal);
  }

  function inline(shop: ShopConfig, campaign: Campaign, placement: HTMLElement): void {
    const [, show] = prepare(shop, campaign, placement);
    states[campaign.widget] = "out_of_sight";
    const near = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        near.disconnect();
        if (!signal.aborted) show();
      },
      { rootMargin: "100%" },
    );
    near.observe(placement);
  }

  function begin(shop: ShopConfig): void {
    for (const campaign of shop.campaigns) {
      const { widget } = campaign;
      if (states[widget]) continue;
      const placement = document.querySelector<HTMLElement>(`[data-bleib=${widget}]`);
      states[widget] = "no_placement";
      if (campaign.settings.trigger) interrupting(shop, campaign);
      else if (placement) inline(shop, campaign, placement);
    }
  }

  async function main(): Promise<void> {
    followConsent(signal);
    const inlined = document.getElementById("bleib-config")?.textContent;
    const shop = shaped(
      inlined ? JSON.parse(inlined) : (await request(`${root}config/${key}`, CONFIG_MS)).data,
    );
    if (!shop) return;
    if (document.readyState === "loading") {
      await new Promise((ready) => document.addEventListener("DOMContentLoaded", ready));
    }
    if (!signal.aborted) begin(shop);
  }

  main().catch(() => {});
}

try {
  const given = page.bleib ?? {};
  const tag = document.querySelector<HTMLScriptElement>("script[data-shop][src*='/bleib.js']");
  // A second tag on the page finds the first one at work and leaves it alone.
  if (tag && !given.stop) run(tag, given);
} catch {
  // A page that Bleib cannot work on stays as it is.
}
