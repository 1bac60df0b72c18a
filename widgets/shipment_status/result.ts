// Draws what the app says about an order; every word comes from there, only the signs are ours.

import type { Host } from "../_runtime/contract.ts";
import { address, h, icon } from "../_runtime/dom.ts";
import { ICONS, note } from "../_runtime/field.ts";
import { say } from "../_runtime/say.ts";

interface Stage {
  readonly state: string;
  readonly label: string;
  readonly when: string;
}

interface Parcel {
  /** Of one among several; what has arrived has no stages. */
  readonly title: string;
  readonly stages: readonly Stage[];
  readonly carrier: string;
  readonly seen: string;
  readonly url: string | null;
  readonly url_label: string;
}

export interface Order {
  readonly order: string;
  readonly title: string;
  readonly lead: string;
  readonly note: string;
  readonly stages: readonly Stage[];
  readonly parcels: readonly Parcel[];
  readonly items_title: string;
  readonly items: readonly (readonly [title: string, quantity: string])[];
  /** Its articles, once all has arrived and nothing is wrong: what else goes with them. */
  readonly products?: readonly string[];
}

const SIGNS = [
  ICONS.check,
  "m4 8 8-4 8 4v8.5l-8 4-8-4zM4 8l8 4 8-4m-8 4v8.5",
  "M3 6h11v10H3zM14 10h4l3 3v3h-7M5.5 17.5a2 2 0 1 0 4 0 2 2 0 0 0-4 0m9 0a2 2 0 1 0 4 0 2 2 0 0 0-4 0",
  "m4 11 8-7 8 7v9H4zm6 9v-5h4v5",
];
const OUT = "M14 4h6v6m0-6-9 9M18 14v6H4V6h6";

/** The order out of an answer, or null where it is none; an example is there in each language. */
export function orderFrom(value: unknown, lang = ""): Order | null {
  const all = (value ?? {}) as Readonly<Record<string, unknown>>;
  const answer = (all[lang] ?? all) as { order?: unknown };
  const order = (typeof answer.order === "object" ? answer.order : answer) as Order | null;
  const lists = [order?.stages, order?.parcels, order?.items];
  return order?.title && lists.every(Array.isArray) ? order : null;
}

const stepper = (stages: readonly Stage[]) =>
  h(
    "ol",
    ...stages.map(({ state, label, when }, index) =>
      h(
        "li",
        { class: state, "aria-current": state === "now" && "step" },
        h("span.dot", icon((state === "done" ? ICONS.check : SIGNS[index]) ?? "", 18)),
        h("p.name", `${label}`),
        h("p.why", `${when}`),
      ),
    ),
  );

function parcel(host: Host, { title, stages, carrier, seen, url, url_label }: Parcel): Node[] {
  const href = address(url);
  const link = { href, target: "_blank", rel: "noopener noreferrer" };
  return [
    title && h("h3", `${title}`),
    carrier &&
      h(
        "div.box",
        h("div", h("p.name", `${carrier}`), h("p.why", `${seen}`)),
        href && h("a", link, { click: () => host.event("click") }, `${url_label}`, icon(OUT, 16)),
      ),
    stages[0] && stepper(stages),
  ].filter((node): node is HTMLElement => !!node);
}

/** Everything there is to see of an order; `again` leads back to the look-up. */
export function result(host: Host, told: Order, again: () => void): Node[] {
  const { stages, parcels, items } = told;
  const nodes = [
    h("p.why", `${told.order}`),
    h("h2", { id: "t", tabindex: -1 }, `${told.title}`),
    told.lead && h("p.lead", `${told.lead}`),
    told.note && note("warn", ICONS.clock, `${told.note}`),
    stages[0] && stepper(stages),
    ...parcels.flatMap((one) => parcel(host, one)),
    items[0] && h("h3", `${told.items_title}`),
    h(
      "ul",
      ...items.map(([title, quantity]) =>
        h("li", h("p.name", `${title}`), h("p.why", `${quantity}`)),
      ),
    ),
    h("button.a", { click: again }, say(host, "st.again")),
  ];
  return nodes.filter((node): node is HTMLElement => !!node);
}
