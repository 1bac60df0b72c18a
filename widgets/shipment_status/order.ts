// Draws what the app says about an order, and asks again while more is to come.

import type { Host } from "../_runtime/contract.ts";
import { address, h, icon } from "../_runtime/dom.ts";
import { ICONS, note } from "../_runtime/field.ts";
import { say } from "../_runtime/say.ts";
import type { Order, Parcel, Piece, Stage } from "./answer.ts";
import css from "./order.css";
import { section } from "./sections.ts";

const SIGNS = [
  ICONS.check,
  "m4 8 8-4 8 4v8.5l-8 4-8-4zM4 8l8 4 8-4m-8 4v8.5",
  "M3 6h11v10H3zM14 10h4l3 3v3h-7M5.5 17.5a2 2 0 1 0 4 0 2 2 0 0 0-4 0m9 0a2 2 0 1 0 4 0 2 2 0 0 0-4 0",
  "m4 11 8-7 8 7v9H4zm6 9v-5h4v5",
];
const OUT = "M14 4h6v6m0-6-9 9M18 14v6H4V6h6";
const OFTEN = 60_000;

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

function piece({ title, note, picture }: Piece): HTMLElement {
  const src = address(picture);
  const image = src
    ? h("img", { src, alt: "", loading: "lazy", referrerpolicy: "no-referrer" })
    : h("span.tile", icon(SIGNS[1] ?? "", 24));
  return h("li", image, h("div", h("p.name", `${title}`), h("p.why", `${note}`)));
}

const pieces = (items: readonly Piece[]) => h("ul", ...items.map(piece));

/** Where it is: carrier and number always, in groups that can be read out and are copied as one. */
function whereabouts(host: Host, one: Parcel) {
  const href = address(one.url);
  const link = { href, target: "_blank", rel: "noopener noreferrer" };
  const groups = `${one.number}`.match(/^\d{12,}$/) ? `${one.number}`.match(/.{1,4}/g) : null;
  const number = h(
    "bdi",
    { dir: "ltr" },
    ...(groups ?? [`${one.number}`]).map((g) => h("span", g)),
  );
  return h(
    "div.box",
    h(
      "div",
      h(
        "p.name",
        `${one.carrier}`,
        !!one.number && `, ${one.number_label} `,
        !!one.number && number,
      ),
      !!one.seen && h("p.why", `${one.seen}`),
    ),
    !!href && h("a", link, { click: () => host.event("click") }, `${one.url_label}`, icon(OUT, 16)),
  );
}

function parcel(host: Host, one: Parcel): HTMLElement[] {
  const told = one.carrier || one.seen ? [whereabouts(host, one)] : [];
  const inside = one.items[0] ? [pieces(one.items)] : [];
  if (!one.title) {
    const title = inside[0] ? [h("h3", `${one.items_title}`)] : [];
    return [...told, ...title, ...inside];
  }
  const badge = h(
    `p.badge.${one.tone === "good" ? "ok" : "late"}`,
    !!one.arrived && icon(ICONS.check, 18),
    `${one.badge}`,
  );
  const head = h("div.head", h("h3", `${one.title}`), !!one.badge && badge);
  const lead = one.lead ? [h("p.why", `${one.lead}`)] : [];
  const stages = one.stages[0] ? [stepper(one.stages)] : [];
  return [h("div.card", head, ...lead, ...stages, ...inside, ...told)];
}

/** Everything there is to see of an order; `other` leads back to the look-up. */
function nodes(host: Host, told: Order, other: () => void): Node[] {
  const again = address(told.again);
  const main = h(
    "div.main",
    h("p.why", `${told.order}`),
    h("h2", { id: "t", tabindex: -1 }, `${told.title}`),
    !!told.lead && h("p.lead", `${told.lead}`),
    ...(told.first ?? []).map(section),
    !!told.note && note("warn", ICONS.clock, `${told.note}`),
    !!told.stages[0] && stepper(told.stages),
    !!told.follow && h("p.why", `${told.follow}`),
    ...told.parcels.flatMap((one) => parcel(host, one)),
    !!told.items[0] && h("h3", `${told.items_title}`),
    !!told.items[0] && pieces(told.items),
    h(
      "div.acts",
      !!again && h("a.bt", { href: again }, h("span", `${told.again_label}`)),
      h("button.a", { click: other }, say(host, "st.again")),
    ),
  );
  const beside = told.beside ?? [];
  return beside[0] ? [main, h("aside", ...beside.map(section))] : [main];
}

/** Somebody writes or chooses: what they began must not go. */
const begun = (page: HTMLElement) =>
  !!page.querySelector("details[open], input:focus, textarea:focus, input:checked");

/**
 * Shows an order in `page`, and what is new of it once a minute while it is looked at.
 * `ask` asks the app again; `shown` learns of each order that is drawn. Returns how it ends.
 */
export function show(
  host: Host,
  page: HTMLElement,
  first: Order,
  { ask, other, shown }: { ask(): Promise<Order | null>; other(): void; shown(order: Order): void },
): () => void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  const draw = (order: Order) => {
    page.replaceChildren(...nodes(host, order, other));
    page.className = "page or";
    shown(order);
  };
  let now = first;
  draw(now);
  const root = page.getRootNode();
  if (root instanceof ShadowRoot) root.adoptedStyleSheets.push(sheet);
  const look = async () => {
    if (document.hidden || !now.moving || begun(page)) return;
    const order = await ask();
    if (!order || JSON.stringify(order) === JSON.stringify(now) || begun(page)) return;
    const focused = !!page.querySelector(":focus");
    now = order;
    draw(now);
    if (focused) page.querySelector<HTMLElement>("h2")?.focus();
  };
  const timer = setInterval(look, OFTEN);
  const end = () => clearInterval(timer);
  host.signal.addEventListener("abort", end);
  return end;
}
