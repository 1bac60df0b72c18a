// What a page makes of its configuration: what waits for its sign, and what stands in its place.

import type { Campaign, Rule, WidgetFiles } from "./contract.ts";
import { at, type Decide, groups, leaves, MOMENTS } from "./groups.ts";
import type { Life, Waiting } from "./life.ts";
import { onRoute } from "./navigation.ts";
import type { Facts } from "./rules.ts";
import { common, sense } from "./sensors.ts";
import { fileName } from "./shape.ts";
import { variant } from "./texts.ts";
import type * as Visit from "./visit.ts";

export type Files = Partial<Readonly<Record<string, WidgetFiles>>> & { readonly why?: string };

/** How long a single-page shop may take to draw a page that it has gone to. */
const ROUTE_MS = 10_000;
/** Approaches of a pointer closer together than this are one. */
const HINT_MS = 300;
/** What only the visit can notice, or has to count from page to page. */
const FURTHER = /^(returned|idle|scrolled|event|clicked|cart_.*|views|returning)$/;
/** After a purchase there is a while of quiet, where that may be remembered. */
const BOUGHT = /^(thankyou|order)$/;

// Whether anything of ours lies on the device, and may have to be deleted at any time.
function stored(): boolean {
  try {
    return Object.keys(localStorage).some((key) => key.startsWith("bleib."));
  } catch {
    return false;
  }
}

// What the loader can tell of a condition; null = the visit will.
const tell =
  (facts: Facts, open: boolean): Decide =>
  (rule) => {
    const [name, ...values] = rule;
    if (MOMENTS.test(name)) return open ? null : `${facts.moment}` === `${rule}`;
    if (name === "seconds") return (facts.seconds ?? 0) >= Number(values[0]);
    if (name === "url") return at(values, `${facts.url}`);
    return /^(page|device|lang)$/.test(name) ? values.includes(facts[name as "page"]) : null;
  };

/** Lives until Bleib is stopped; returns how a widget or a campaign is opened by its name or id. */
export function live(life: Waiting, given: Files): (what: unknown) => unknown {
  const { shop, signal, states, tag, trial } = life;
  const { campaigns } = shop;
  type Parts = [visit: typeof Visit, one: Visit.Brought];
  const fetched = new Map<Campaign, Promise<Parts>>();
  const drawn = new WeakSet<Element>();
  const over = campaigns.filter(({ settings }) => "frame" in settings);
  const inside = campaigns.filter((one) => !over.includes(one));
  let ending = new AbortController();
  let watched: WeakSet<Element>;
  let hinted = 0;

  const filesOf = ({ widget }: Campaign) => given[widget] ?? (shop.widgets[widget] as WidgetFiles);
  const get = (name: unknown) => import(life.files + fileName(name));
  const fetchParts = async (campaign: Campaign): Promise<Parts> => {
    const { js, contents = {}, texts } = filesOf(campaign);
    const more = contents[`${campaign.settings.content}`] ?? [];
    const names = [variant(texts, life.lang, shop.address), js[0], ...more, ...js];
    // All at once: what a file needs of another is then already on its way.
    const parts = await Promise.all(names.map(get));
    const visit: typeof Visit = parts[1];
    visit.begin(life as Life);
    return [
      visit,
      { campaign, start: parts.pop().default, texts: parts[0][campaign.widget] ?? {} },
    ];
  };
  // Each lives and fails for itself: whatever goes wrong ends as a state, and the page goes on.
  const failed = (campaign: Campaign) => () => {
    fetched.delete(campaign);
    states[campaign.id] = "failed";
  };
  const bring = (campaign: Campaign): Promise<Parts> => {
    const parts = fetched.get(campaign) ?? fetchParts(campaign);
    fetched.set(campaign, parts);
    parts.catch(failed(campaign));
    return parts;
  };
  const show = (campaign: Campaign) =>
    bring(campaign)
      .then(([visit, one]) => visit.show(one))
      .catch(failed(campaign));
  const may = ({ when }: Campaign, facts: Facts, open = false) =>
    !when || groups(when, tell(facts, open)) !== false;
  const offer = async (campaign: Campaign, moment?: Rule): Promise<boolean> => {
    try {
      const [visit, one] = await bring(campaign);
      return signal.aborted || (await visit.occasion(one, moment));
    } catch {
      failed(campaign)();
      return false;
    }
  };

  const emit = async (moment?: Rule) => {
    look();
    const facts = life.facts(moment);
    for (const campaign of over) {
      if (life.view.asked || trial === "editor") return;
      // The first one that may be shown; the others wait for another occasion.
      if (campaign.when && may(campaign, facts) && (await offer(campaign, moment))) return;
    }
  };
  const soon = () => {
    const now = performance.now();
    if (now - hinted < HINT_MS || life.view.asked) return;
    hinted = now;
    const facts = life.facts();
    for (const campaign of over) if (campaign.when && may(campaign, facts, true)) bring(campaign);
  };
  // Drawn before its place comes into view.
  const near = (campaign: Campaign, place: Element) => {
    states[campaign.id] = "out_of_sight";
    const watch = new IntersectionObserver(
      async (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        watch.disconnect();
        if (drawn.has(place)) return;
        drawn.add(place);
        if (!(await offer(campaign))) drawn.delete(place);
      },
      { rootMargin: "100%" },
    );
    watch.observe(place);
    ending.signal.addEventListener("abort", () => watch.disconnect());
  };
  const look = () => {
    const facts = life.facts();
    for (const campaign of inside) {
      const place = life.placement(campaign);
      if (!place) states[campaign.id] = "no_placement";
      else if (!drawn.has(place) && !watched.has(place) && may(campaign, facts)) {
        watched.add(place);
        near(campaign, place);
      }
    }
  };
  // A page that is drawn by a script has its places a little later.
  const lookLater = () => {
    let timer = 0;
    const changes = new MutationObserver(() => {
      timer ||= window.setTimeout(() => {
        timer = 0;
        look();
      }, 100);
    });
    const end = () => {
      changes.disconnect();
      clearTimeout(timer);
      clearTimeout(limit);
    };
    const limit = setTimeout(end, ROUTE_MS);
    changes.observe(document.body, { childList: true, subtree: true });
    ending.signal.addEventListener("abort", end);
  };

  const view = () => {
    ending.abort();
    if (signal.aborted) return;
    ending = new AbortController();
    watched = new WeakSet();
    life.view = { began: performance.now(), deepest: 0 };
    const conditions = campaigns.flatMap(({ when }) => (when ? leaves(when) : []));
    for (const campaign of over) {
      if (states[campaign.id] !== "shown") states[campaign.id] = "waiting";
      if (life.preview !== null) show(campaign);
    }
    if (life.preview === null) {
      const to = [conditions, life.view, emit, soon, ending.signal] as const;
      sense(common, ...to);
      const needed =
        conditions.some(([name]) => FURTHER.test(name)) || BOUGHT.test(`${tag.dataset.page}`);
      if (campaigns[0] && (needed || stored()))
        get(filesOf(campaigns[0]).js[0]).then(
          (visit: typeof Visit) => signal.aborted || visit.early(life as Life, to),
          () => {},
        );
    }
    emit();
    if (inside.length) lookLater();
  };
  signal.addEventListener("abort", view);
  life.again = emit;
  onRoute(view, signal);
  view();
  return (what) => {
    const campaign = campaigns.find(({ id, widget }) => id === what || widget === what);
    return campaign && show(campaign);
  };
}
