// The one script of a shop's page: reads the configuration and brings widgets in when needed.

import { followConsent } from "./adapters.ts";
import { beStrict, consent, recall, remember, tier } from "./consent.ts";
import type { Campaign, CartHook, Rule, ShopConfig, WidgetFiles } from "./contract.ts";
import type { Life, Person, View } from "./life.ts";
import { onRoute } from "./navigation.ts";
import { request } from "./request.ts";
import { type Facts, holds, MOMENTS } from "./rules.ts";
import { device, sense } from "./sensors.ts";
import { fileName, shaped } from "./shape.ts";
import { language, variant } from "./texts.ts";
import type * as Visit from "./visit.ts";

interface Given {
  cart?: CartHook | null;
  stop?: unknown;
  twice?: boolean;
}

type Files = Partial<Readonly<Record<string, WidgetFiles>>> & { readonly why?: string };

/** The longest wait for the page to be there, in milliseconds. */
const PAGE_MS = 3000;
const CONFIG_MS = 4000;
/** How long a single-page shop may take to draw a page that it has gone to. */
const ROUTE_MS = 10_000;
const VISIT_MS = 18e5;

/** An address that names a host and nothing else. */
const ORIGIN = /^https?:\/\/[\w.:-]+$/;
const CART = /^cart_/;
const UNKNOWN = new RegExp(`${MOMENTS.source}|${CART.source}`);

const page = window as unknown as { bleib?: Given; Shopify?: { designMode?: boolean } };

/** What a page makes of its configuration: one for each script tag that does any work. */
function living(life: Life, given: Files) {
  const { shop, signal, states, tag } = life;
  const { campaigns } = shop;
  const fetched = new Map<Campaign, Promise<[typeof Visit, Visit.Brought]>>();
  const drawn = new WeakSet<Element>();
  const over = (campaign: Campaign) => "frame" in campaign.settings;
  let ending = new AbortController();

  const bring = (campaign: Campaign) => {
    const { widget, settings } = campaign;
    const load = async (): Promise<[typeof Visit, Visit.Brought]> => {
      const { js, contents = {}, texts } = (given[widget] ?? shop.widgets[widget]) as WidgetFiles;
      const more = contents[`${settings.content}`] ?? [];
      const names = [variant(texts, life.lang, shop.address), ...more, ...js];
      // All at once: what a file needs of another is then already on its way.
      const parts = await Promise.all(names.map((name) => import(life.files + fileName(name))));
      const visit = parts[1 + more.length];
      visit.begin(life);
      const texted = parts[0][widget] ?? {};
      return [visit, { campaign, start: parts[parts.length - 1].default, texts: texted }];
    };
    const known = fetched.get(campaign) ?? load();
    fetched.set(campaign, known);
    known.catch(() => {
      fetched.delete(campaign);
      states[campaign.id] = "failed";
    });
    return known;
  };
  // Each lives and fails for itself: whatever goes wrong ends as a state, and the page goes on.
  const safely = (campaign: Campaign, work: Promise<unknown>) =>
    work.catch(() => {
      states[campaign.id] = "failed";
    });
  const show = (campaign: Campaign) =>
    safely(
      campaign,
      bring(campaign).then(([visit, one]) => visit.show(life, one)),
    );
  const may = (campaign: Campaign, facts: Facts, open: RegExp) => {
    try {
      return !campaign.when || holds(campaign.when, facts, open) !== false;
    } catch {
      return false;
    }
  };
  const attempt = async (wanted: Campaign[], moment?: Rule) => {
    for (const campaign of wanted) {
      const [visit, one] = await bring(campaign);
      if (signal.aborted || (await visit.occasion(life, [one], moment))) return;
    }
  };
  const emit = (moment?: Rule) => {
    look();
    if (life.view.asked || life.trial === "editor") return;
    const facts = life.facts(moment);
    const wanted = campaigns.filter((one) => over(one) && one.when && may(one, facts, CART));
    const [first] = wanted;
    if (first) safely(first, attempt(wanted, moment));
  };
  let hinted = 0;
  const soon = () => {
    const now = performance.now();
    if (now - hinted < 300 || life.view.asked) return;
    hinted = now;
    const facts = life.facts();
    for (const campaign of campaigns)
      if (over(campaign) && campaign.when && may(campaign, facts, UNKNOWN)) bring(campaign);
  };

  // Stands where the theme has a place for it, and is drawn before that place comes into view.
  const inline = (campaign: Campaign, place: HTMLElement) => {
    states[campaign.id] = "out_of_sight";
    const near = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        near.disconnect();
        if (drawn.has(place) || signal.aborted) return;
        drawn.add(place);
        safely(
          campaign,
          bring(campaign).then(async ([visit, one]) => {
            if (!(await visit.occasion(life, [one], undefined))) drawn.delete(place);
          }),
        );
      },
      { rootMargin: "100%" },
    );
    near.observe(place);
    ending.signal.addEventListener("abort", () => near.disconnect());
  };
  let watched = new WeakSet<Element>();
  const look = () => {
    const facts = life.facts();
    for (const campaign of campaigns) {
      if (over(campaign)) continue;
      const place = life.placement(campaign);
      if (!place) states[campaign.id] = "no_placement";
      else if (!drawn.has(place) && !watched.has(place) && may(campaign, facts, CART)) {
        watched.add(place);
        inline(campaign, place);
      }
    }
  };

  const view = () => {
    ending.abort();
    if (signal.aborted) return;
    ending = new AbortController();
    watched = new WeakSet();
    life.view = { began: performance.now(), deepest: 0 };
    remembered(tag);
    const rules = campaigns.flatMap(({ when }) => (when ? [when] : []));
    for (const campaign of campaigns) {
      if (over(campaign) && states[campaign.id] !== "shown") states[campaign.id] = "waiting";
      if (over(campaign) && tag.dataset.preview !== undefined) show(campaign);
    }
    if (life.preview === null) sense(rules, life.view, emit, soon, ending.signal);
    emit();
    if (campaigns.every(over)) return;
    // A page that is drawn by a script has its places a little later.
    let timer: ReturnType<typeof setTimeout> | undefined;
    const changes = new MutationObserver(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        look();
      }, 100);
    });
    changes.observe(document.body, { childList: true, subtree: true });
    const end = () => {
      changes.disconnect();
      clearTimeout(timer);
      clearTimeout(limit);
    };
    const limit = setTimeout(end, ROUTE_MS);
    ending.signal.addEventListener("abort", end);
  };
  signal.addEventListener("abort", view);
  life.again = emit;
  onRoute(view, signal);
  view();
  return (what: unknown) => {
    const campaign = campaigns.find(({ id, widget }) => id === what || widget === what);
    return campaign && show(campaign);
  };
}

type Was = [visits: number, last: number, views: number, bought: number];

// Where it may be remembered: how many visits, how many pages of this one, the last purchase.
function remembered(tag: HTMLElement): void {
  const [visits = 0, last = 0, views = 0, bought = 0] = recall<Was>("bleib.was") ?? [];
  const now = Date.now();
  const going = now - last < VISIT_MS;
  const buys = /^(thankyou|order)$/.test(`${tag.dataset.page}`);
  remember("bleib.was", [
    going ? visits : visits + 1,
    now,
    going ? views + 1 : 1,
    buys ? now : bought,
  ]);
}

/** What is known at this moment, for the rules. */
function factsOf(life: Life, landing: string, moment?: Rule | null): Facts {
  const { tag, view, person, shop, lang } = life;
  const [visits = 0, , views = 1] = recall<Was>("bleib.was") ?? [];
  const { dataset } = tag;
  let url = location.pathname + location.search;
  try {
    url = decodeURI(url);
  } catch {
    // Then it is compared as it stands.
  }
  return {
    moment,
    seconds: (performance.now() - view.began) / 1000,
    scrolled: view.deepest,
    views,
    url,
    page: dataset.page,
    device: device(),
    lang,
    referrer: document.referrer.replace(/^\w+:\/\//, "").replace(/[?#].*/, ""),
    utm: Object.fromEntries(
      [...new URLSearchParams(landing)].map(([name, value]) => [name.replace(/^utm_/, ""), value]),
    ),
    returning: visits > 1,
    subscriber: person.subscriber ?? recall("bleib.ok") !== undefined,
    customer: person.customer ?? "customer" in dataset,
    now: `${new Date().toISOString().slice(0, 19)}Z`,
    zone: shop.zone,
  };
}

async function configured(url: string): Promise<ShopConfig | null> {
  const inlined = document.getElementById("bleib-config")?.textContent;
  return shaped(inlined ? JSON.parse(inlined) : (await request(url, CONFIG_MS)).data);
}

// The page comes first, and its style sheets tell us how the shop looks. A page that hangs on
// something else is not waited for.
async function ready(): Promise<void> {
  if (document.readyState === "complete") return;
  await new Promise((done) => {
    addEventListener("load", done, { once: true });
    setTimeout(done, PAGE_MS);
  });
}

function run(tag: HTMLScriptElement, given: Given): void {
  const { shop: name = "", app = "", files } = tag.dataset;
  const key = encodeURIComponent(name);
  // A platform that ships the loader in a package may have nothing else of ours beside it.
  const base = ORIGIN.test(app) ? `${app}/static/v1/` : tag.src;
  const root = `${new URL("../../v1/", base)}`;
  const beside = JSON.parse(files ?? "{}") as Files;
  const folder = `${new URL(".", files ? tag.src : base)}`;
  const ending = new AbortController();
  const { signal } = ending;
  const landing = location.search;
  const editor = page.Shopify?.designMode ? "editor" : "";
  let person: Person = {};
  let life: Life | undefined;
  let open: ((what: unknown) => unknown) | undefined;

  const bleib = {
    cart: given.cart ?? null,
    consent: (told?: Parameters<typeof consent>[0]) => consent(told),
    identify: (told: Person) => {
      person = { ...person, ...told };
      if (life) life.person = person;
    },
    /** Opens a widget because the shopper asked for it, for instance from a link of the theme. */
    open: (what: unknown) => open?.(what),
    close: () => Object.values(life?.closers ?? {}).forEach((close) => close()),
    on: (kind: string, listener: (detail: unknown) => unknown) => {
      const heard = (event: Event) => listener((event as CustomEvent).detail);
      document.addEventListener(`bleib:${kind}`, heard, { signal });
      return () => document.removeEventListener(`bleib:${kind}`, heard);
    },
    /** Why each campaign of the page is, or is not, to be seen. */
    why: async () => {
      const file = beside.why ?? life?.shop.why;
      return life && file ? (await import(folder + fileName(file))).default(life) : [];
    },
    stop: () => {
      Object.values(life?.closers ?? {}).forEach((close) => close(true));
      ending.abort();
    },
  };
  page.bleib = bleib;

  const main = async () => {
    followConsent(consent, signal);
    const shop = await configured(`${root}config/${key}`);
    if (!shop) return;
    beStrict(shop.manners?.strict);
    await ready();
    if (signal.aborted) return;
    const why = /[?&]bleib=why/.test(landing) ? "why" : "";
    const mine: Life = {
      tag,
      shop,
      signal,
      person,
      files: folder,
      api: `${root}${key}/`,
      preview: tag.dataset.preview ?? null,
      trial: editor || why,
      lang: language(shop, tag),
      view: { began: 0, deepest: 0 } as View,
      states: {},
      closers: {},
      cart: () => bleib.cart,
      facts: (moment) => factsOf(mine, landing, moment),
      placement: ({ widget }) => document.querySelector(`[data-bleib=${widget}]`),
      again: () => {},
      holds,
      tier,
      recall,
      remember,
      request,
    };
    life = mine;
    open = living(mine, beside);
    if (why) bleib.why();
  };
  main().catch(() => {});
}

try {
  const given = page.bleib ?? {};
  const tag = (document.currentScript ??
    document.querySelector("script[data-shop][src*='/bleib.js']")) as HTMLScriptElement | null;
  if (given.stop) {
    // A second tag on the page finds the first one at work and leaves it alone.
    if (!given.twice) console.warn("Bleib: this page has a second script tag; the first one works");
    given.twice = true;
  } else if (tag) run(tag, given);
} catch {
  // A page that Bleib cannot work on stays as it is.
}
