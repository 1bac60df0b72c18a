// What is known about an order, with the answer as its title.

import type { Host } from "../_runtime/contract.ts";
import { address, h, ICONS, icon } from "../_runtime/dom.ts";
import { note } from "../_runtime/field.ts";
import { day, say, time } from "../_runtime/say.ts";

interface Milestone {
  readonly kind: string;
  readonly at: string;
  readonly place?: string | null;
}

interface Shipment {
  readonly carrier: string;
  readonly number: string;
  readonly url: string | null;
  readonly stage: number;
  readonly expected: string | null;
  readonly delivered_at: string | null;
  readonly milestones: readonly Milestone[];
}

export interface Order {
  readonly number: string;
  readonly placed: string;
  readonly stage: number;
  readonly title_date: string | null;
  readonly state: string;
  readonly items: readonly { readonly title: string; readonly quantity: number }[];
  readonly shipments: readonly Shipment[];
}

const STAGES = [1, 2, 3, 4];
/** What a carrier reports before it has the parcel, and after it has handed it over. */
const ANNOUNCED = /label|confirmed|submitted|open|pending|scheduled/i;
const ARRIVED = /^(delivered|picked_up)$/i;
const SIGNS = [
  ICONS.check,
  "m4 8 8-4 8 4v8.5l-8 4-8-4zM4 8l8 4 8-4m-8 4v8.5",
  "M3 6h11v10H3zM14 10h4l3 3v3h-7M5.5 17.5a2 2 0 1 0 4 0 2 2 0 0 0-4 0m9 0a2 2 0 1 0 4 0 2 2 0 0 0-4 0",
  "m4 11 8-7 8 7v9H4zm6 9v-5h4v5",
];
const OUT = "M14 4h6v6m0-6-9 9M18 14v6H4V6h6";

const list = <T>(value: unknown): T[] => (Array.isArray(value) ? value : []);
const valid = (value: unknown): value is string => !!value && !Number.isNaN(Date.parse(`${value}`));
const LOSSES = ["lost", "returned", "cancelled"];

/** The order out of an answer, or null where it is none; the reports of a parcel in their order. */
export function orderFrom(value: unknown): Order | null {
  const answer = (value ?? {}) as { order?: unknown };
  const raw = (answer.order ?? answer) as Order;
  if (!raw.number || !valid(raw.placed) || !STAGES.includes(raw.stage)) return null;
  const shipments = list<Shipment>(raw.shipments).map((one) => ({
    ...one,
    milestones: list<Milestone>(one.milestones)
      .filter(({ at }) => valid(at))
      .sort((a, b) => (a.at < b.at ? -1 : 1)),
  }));
  return { ...raw, items: list(raw.items), shipments };
}

const seenAs = (shipment: Shipment | undefined, kind: RegExp, is = true) =>
  shipment?.milestones.find((one) => kind.test(one.kind) === is)?.at;

/** When a parcel arrived; nothing while it has not. */
const arrival = (shipment?: Shipment) =>
  [shipment?.delivered_at, seenAs(shipment, ARRIVED)].find(valid);

/** Title, sentence below and note for every state; only what is known is said. */
export function answerOf(host: Host, order: Order): [title: string, sub?: string, note?: string] {
  const { state, stage, title_date, shipments } = order;
  if (LOSSES.includes(state)) return [say(host, state), say(host, `${state}_next`)];
  const arrivals = shipments.map(arrival).filter(valid).sort();
  const at = arrivals.at(-1);
  if (at && !shipments[arrivals.length]) {
    return [
      say(host, "st.done", { date: day(host, at) }),
      say(host, "st.clock", { time: time(host, at) }),
    ];
  }
  if (shipments[1]) {
    const { length } = shipments;
    return [
      say(host, "st.many", { count: say(host, "numbers").split(" ")[length] ?? `${length}` }),
    ];
  }
  const date = valid(title_date) ? day(host, title_date) : "";
  if (state === "delayed") {
    return [say(host, date ? "st.late" : "st.late.open", { date }), "", say(host, "st.sorry")];
  }
  return [say(host, date ? "st.way" : `stage${stage}`, { date })];
}

/** What is known about a stage: when it was reached, or when it is expected. */
function told(host: Host, order: Order, shipment: Shipment | undefined, stage: number): string {
  const now = shipment?.stage ?? order.stage;
  const announced = seenAs(shipment, ANNOUNCED);
  const at = [order.placed, announced, seenAs(shipment, ANNOUNCED, false), arrival(shipment)][
    stage - 1
  ];
  const expected = shipment?.expected ?? order.title_date;
  if (stage <= now && valid(at)) {
    return say(host, "st.when", { date: day(host, at), time: time(host, at) });
  }
  if (stage === 4 && valid(expected)) return say(host, "st.on", { date: day(host, expected) });
  return stage === 2 && now === 2 && shipment ? say(host, "st.noscan") : "";
}

function stepper(host: Host, order: Order, shipment?: Shipment): HTMLElement {
  const now = shipment?.stage ?? order.stage;
  const arrived = arrival(shipment);
  const steps = STAGES.map((stage) => {
    const done = stage < now || arrived;
    return h(
      `li.${done ? "done" : stage === now ? "now" : "open"}`,
      stage === now && { "aria-current": "step" },
      h("span.dot", icon((done ? ICONS.check : SIGNS[stage - 1]) ?? "", 18)),
      h("p.name", say(host, arrived && stage === 4 ? "st.delivered" : `stage${stage}`)),
      h("p.why", told(host, order, shipment, stage)),
    );
  });
  return h("ol", ...steps);
}

function carrier(host: Host, shipment: Shipment): HTMLElement {
  const href = address(shipment.url);
  const last = shipment.milestones.at(-1);
  const seen = last && {
    date: day(host, last.at),
    time: time(host, last.at),
    place: last.place ?? "",
  };
  const click = () => host.event("click");
  return h(
    "div.box",
    h(
      "div",
      h(
        "p.name",
        shipment.carrier && `${shipment.carrier}, `,
        h("bdi", { dir: "ltr" }, shipment.number),
      ),
      seen && h("p.why", say(host, seen.place ? "st.seen" : "st.seen.bare", seen)),
    ),
    href &&
      h(
        "a",
        { href, target: "_blank", rel: "noopener noreferrer", click },
        say(host, "st.carrier"),
        icon(OUT, 16),
      ),
  );
}

// One of several parcels; what has arrived is told in its title, without the stages.
function parcel(host: Host, order: Order, shipment: Shipment, index: number): Node[] {
  const at = arrival(shipment);
  const known = [at, shipment.expected].find(valid);
  const date = known ? day(host, known) : "";
  const key = at ? "st.parcel.done" : date ? "st.parcel.on" : "st.parcel";
  return [
    h("h3", say(host, key, { number: `${index + 1}`, date })),
    carrier(host, shipment),
    ...(at ? [] : [stepper(host, order, shipment)]),
  ];
}

/** Everything there is to see of an order; `again` leads back to the look-up. */
export function result(host: Host, order: Order, again: () => void): Node[] {
  const { shipments, items, state, number } = order;
  const [title, sub, sorry] = answerOf(host, order);
  const nodes = [
    h("p.why", say(host, "st.order", { number })),
    h("h2", { id: "t", tabindex: -1 }, title),
    sub && h("p.lead", sub),
    sorry && note("warn", ICONS.clock, sorry),
    ...(shipments[1]
      ? shipments.flatMap((one, index) => parcel(host, order, one, index))
      : [
          !LOSSES.includes(state) && stepper(host, order, shipments[0]),
          shipments[0] && carrier(host, shipments[0]),
        ]),
    items[0] && h("h3", say(host, "st.items")),
    h(
      "ul",
      ...items.map((item) =>
        h(
          "li",
          h("p.name", item.title),
          h("p.why", say(host, "st.quantity", { quantity: `${item.quantity}` })),
        ),
      ),
    ),
    h("button.a", { click: again }, say(host, "st.again")),
  ];
  return nodes.filter((node): node is HTMLElement => !!node);
}
