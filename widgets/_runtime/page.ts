// What a page makes of its configuration: what waits for its sign, and what stands in its place.

import type { Campaign, Rule, WidgetFiles } from "./contract.ts";
import type { Life, Waiting } from "./life.ts";
import { onRoute } from "./navigation.ts";
import { device, type Later, sense, tools } from "./sensors.ts";
import { fileName } from "./shape.ts";
import { variant } from "./texts.ts";
import type * as Visit from "./visit.ts";

export type Files = Partial<Readonly<Record<string, WidgetFiles>>> & { readonly why?: string };

/** How many milliseconds apart a page is looked at: a drawer comes when it is opened. */
const LOOK_MS = 500;
/**
 * What only the visit can notice, or has to count from page to page; the cart, where there may be
 * more to tell; after a purchase there is a while of quiet, and whoever followed the link of a
 * saved cart has asked for it.
 */
const FURTHER = /"(return|idle|click|event|scroll|cart|views|thank|order)|#bleib-/;

const begins = (pattern: unknown) =>
  location.pathname
    .toLowerCase()
    .startsWith(encodeURI(`${pattern}`.replace(/[*?].*/, "")).toLowerCase());

/** Lives until Bleib is stopped; returns how a widget or a campaign is opened by its name or id. */
export function live(life: Waiting, given: Files): (what: unknown) => unknown {
  const { shop, signal, states, tag, trial } = life;
  const { campaigns } = shop;
  type Use = "prepare" | "occasion" | "show";
  type Parts = [visit: typeof Visit, one: Visit.Brought];
  const fetched = new Map<Campaign, Promise<Parts>>();
  const taken = new WeakSet<Element>();
  const over = campaigns.filter(({ settings }) => "frame" in settings);
  const inside = campaigns.filter(({ settings }) => !("frame" in settings));
  let ending: AbortController | undefined;
  let begin: () => unknown;
  let later: Later;

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
  const use = async (campaign: Campaign, how: Use, moment?: Rule): Promise<unknown> => {
    try {
      const parts = fetched.get(campaign) ?? fetchParts(campaign);
      fetched.set(campaign, parts);
      const [visit, one] = await parts;
      return signal.aborted || (await (visit[how] as typeof visit.occasion)(one, moment));
    } catch {
      fetched.delete(campaign);
      states[campaign.id] = "failed";
      return;
    }
  };
  const show = (campaign: Campaign) => use(campaign, "show");
  // Whether a condition holds; undefined = the visit will tell.
  const tell = (rule: Rule, moment?: Rule | null): boolean | undefined => {
    const [name, ...values] = rule;
    if (/exit|returned|idle|click|event/.test(name))
      return moment === null ? undefined : `${moment}` === `${rule}`;
    if (name === "seconds")
      return performance.now() - life.view.began >= (values[0] as number) * 1000;
    // No pattern begins like this address: that is sure. Whether one fits is not.
    if (name === "url" && !values.some(begins)) return false;
    if (name === "page") return values.includes(tag.dataset.page);
    if (name === "device") return values.includes(device());
    return name === "lang" ? values.includes(life.lang) : undefined;
  };
  // Whether a rule can be true, or not true, as far as that is known here.
  const can = (rule: Rule, moment?: Rule | null, wanted = true): boolean => {
    const [name, ...parts] = rule as [string, ...Rule[]];
    if (name === "not") return can(parts[0] as Rule, moment, !wanted);
    const ask = (part: Rule) => can(part, moment, wanted);
    if (/all|any/.test(name))
      return (name === "all") === wanted ? parts.every(ask) : parts.some(ask);
    return (tell(rule, moment) ?? wanted) === wanted;
  };
  const may = ({ when }: Campaign, moment?: Rule | null) => !when || can(when, moment);
  // The first one that may be shown; the others wait for another occasion.
  const offer = async (wanted: Campaign[], moment?: Rule) => {
    for (const campaign of wanted) {
      const waits = campaign.when || inside.includes(campaign);
      if (waits && may(campaign, moment) && (await use(campaign, "occasion", moment))) return true;
    }
    return;
  };

  const emit = (moment?: Rule) => {
    if (!life.view.asked && trial !== "editor") offer(over, moment);
  };
  const soon = () => {
    // Each campaign is fetched once, whatever comes after the first hint.
    if (life.view.asked) return;
    for (const campaign of over)
      if (!fetched.has(campaign) && campaign.when && may(campaign, null)) use(campaign, "prepare");
  };
  // Drawn before its place comes into view.
  const near = (widget: string, place: Element) => {
    const wanted = inside.filter((one) => one.widget === widget);
    let drawn: boolean | undefined;
    const watch = new IntersectionObserver(
      async (entries) => {
        // The last one is how things stand.
        if (!entries.pop()?.isIntersecting) return;
        watch.disconnect();
        drawn = true;
        drawn = await offer(wanted);
      },
      { rootMargin: "100%" },
    );
    taken.add(place);
    watch.observe(place);
    ending?.signal.addEventListener("abort", () => {
      watch.disconnect();
      if (!drawn) taken.delete(place);
    });
  };
  const look = () => {
    for (const campaign of inside) {
      const { id, widget } = campaign;
      const place = life.placement(campaign);
      if (!place) states[id] = "no_placement";
      else if (!taken.has(place) && may(campaign)) {
        states[id] = "out_of_sight";
        near(widget, place);
      }
    }
    later(look, LOOK_MS);
  };
  const view = () => {
    ending?.abort();
    if (signal.aborted) return;
    ending = new AbortController();
    const [on, after] = tools(ending.signal);
    later = after();
    life.view = { began: performance.now(), deepest: 0 };
    for (const campaign of over) {
      states[campaign.id] = "waiting";
      if (life.preview !== null) show(campaign);
    }
    if (life.preview === null) {
      const rules = JSON.stringify(campaigns.map(({ when }) => when));
      const to = [emit, soon, ending.signal] as const;
      let due: unknown = FURTHER.test(`${rules}"${tag.dataset.page}${location.hash}`) || null;
      begin = async () => {
        try {
          // The names alone: what the shop keeps there is its own. And never while the page loads:
          // to open the device's storage takes longer than everything else here together.
          if (due || /bleib\./.test(`${due ?? Object.keys(localStorage)}`)) {
            due = "";
            const visit: typeof Visit = await get(filesOf(campaigns[0] as Campaign).js[0]);
            to[2].aborted || visit.early(life as Life, ...to);
          }
        } catch {
          // Without storage there is nothing to delete, and without the file nothing to do.
        }
      };
      sense(rules, ...to);
      if (due || life.told[0]) begin();
      // Nobody takes a consent back without touching the page.
      on(document, "click", begin);
      emit();
    }
    inside[0] && look();
  };
  life.consent = (told) => {
    life.told.push(told);
    begin?.();
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
