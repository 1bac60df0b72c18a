// The content that asks what is still missing, and answers from the shop's own facts.

import { cartLink, cartOf } from "../_runtime/cart.ts";
import type { Cart, Host } from "../_runtime/contract.ts";
import { button, cross, type Exit, h, headline, icon, top } from "../_runtime/dom.ts";
import { merchant, money, say } from "../_runtime/say.ts";
import css from "./question.css";
import { arrival, type Delivery } from "./question-days.ts";

interface Facts {
  readonly shipping: {
    readonly country: unknown;
    readonly cost: string;
    readonly free_from: string | null;
  } | null;
  readonly delivery: Delivery | null;
  readonly returns: { readonly days: number; readonly free: boolean } | null;
  readonly size: unknown;
}

/** What an answer says: its heading, and what stands below. */
type Said = readonly [title: string, ...below: (Node | null | undefined)[]];
type Row = readonly [
  kind: "ship" | "time" | "return" | "size" | "look",
  label: string,
  sign: string,
  said: (() => Said) | null | undefined | false | "",
];

const RETURN = "M9 14 4 9l5-5M4 9h10a5 5 0 0 1 0 10h-3";

export { css };

/** What a cart is worth; nothing where one of its prices is not told. */
const worthOf = (cart: Cart | undefined) => {
  const sum = (cart?.items ?? []).reduce((all, one) => all + Number(one.price) * one.quantity, 0);
  return sum || undefined;
};

/** Every question with what is known about it; `worth` is that of the cart, as far as it is told. */
function rowsOf(host: Host, worth: () => number | undefined): Row[] {
  const facts = (host.campaign.settings.facts ?? {}) as Partial<Facts>;
  const { shipping, delivery, returns } = facts;
  const size = merchant(host, facts.size);
  const text = (words: string) => h("p.lead", words);
  const days = `${returns?.days}`;
  const back = returns && say(host, returns.free ? "obj.return" : "obj.return_paid", { days });
  const also = () => (back ? h("p.q", icon(RETURN), back) : null);
  return [
    [
      "ship",
      say(host, "obj.row.ship"),
      "M3 6h11v10H3zm11 4h4l3 3v3h-7M7 16a2 2 0 1 0 .1 0m10 0a2 2 0 1 0 .1 0",
      shipping && (() => [...sending(host, shipping, worth()), also()]),
    ],
    [
      "time",
      say(host, "obj.row.time"),
      "M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0",
      delivery && (() => [arrival(host, delivery), also()]),
    ],
    ["return", say(host, "obj.row.return"), RETURN, back && (() => [back])],
    [
      "size",
      say(host, "obj.row.size"),
      "m3 16 13-13 5 5L8 21zm4-4 2 2m1-5 2 2m1-5 2 2",
      size && (() => [say(host, "obj.row.size"), text(`${size} ${say(host, "obj.size")}`)]),
    ],
    [
      "look",
      say(host, "obj.row.look"),
      "M2 12q10-14 20 0-10 14-20 0Zm13 0a3 3 0 1 1-6 0 3 3 0 0 1 6 0",
      () => [say(host, "obj.look"), text(say(host, "obj.look.lead"))],
    ],
  ];
}

/** What sending costs, and how far this cart is from not costing anything. */
function sending(host: Host, shipping: NonNullable<Facts["shipping"]>, worth?: number): Said {
  const { cost, free_from: free } = shipping;
  const country = merchant(host, shipping.country);
  const sum = (amount: number | string) =>
    money(host, { amount: `${amount}`, currency: host.shop.currency }, true);
  if (!+cost) return [say(host, "obj.full")];
  const title = say(host, country ? "obj.ship" : "obj.ship_any", { country, cost: sum(cost) });
  if (!free) return [title];
  const lead = h("p.lead", say(host, "obj.free", { free: sum(free) }));
  if (!worth) return [title, lead];
  lead.append(` ${say(host, "obj.cart", { cart: sum(worth) })}`);
  const left = Math.max(0, +free - worth);
  const part = h("div");
  part.style.width = `${100 - (100 * left) / +free}%`;
  const words = say(host, left ? "obj.left" : "obj.full", { left: sum(left) });
  return [title, lead, h("div.mt", part), h("p.why", words)];
}

/** Draws the question; null where the shop has said too little about itself to answer. */
export function content(host: Host, exit: Exit): Node[] | null {
  const { title, lead } = host.campaign.settings;
  let worth: number | undefined;
  const rows = rowsOf(host, () => worth).filter(([, , , said]) => said);
  // One of them is always there: who only looks around.
  if (rows.length < 3) return null;
  host.shown
    .then(() => cartOf(host)?.read())
    .then(
      (cart) => {
        worth = worthOf(cart);
      },
      () => {},
    );
  const card = h("div.su");
  const row = ([kind, label, sign, said]: Row) => {
    const click = () => {
      host.event(`answer_${kind}`);
      exit.answered();
      // Who has told us is not asked again.
      host.refuse();
      if (said) answer(kind === "look", said());
    };
    return h("button.q", { type: "button", click }, icon(sign), h("span", label), icon(NEXT));
  };
  const ask = () =>
    card.replaceChildren(
      top(host, headline(merchant(host, title) || say(host, "obj.title")), exit.refuse),
      h(
        "div.sc",
        h("p.lead", merchant(host, lead) || say(host, "obj.lead")),
        h("div", ...rows.map(row)),
      ),
      h("div.ft", h("div.bs", button("s", say(host, "no"), exit.refuse))),
    );
  const again = () => {
    ask();
    card.querySelector("h2")?.focus();
  };
  const answer = (last: boolean, [words, ...below]: Said) => {
    const heading = headline(words);
    const href = cartLink();
    const back = h(
      "button.q",
      { type: "button", click: again },
      icon(BEFORE),
      say(host, "obj.again"),
    );
    const cart = href && h("a.bt.p", { href }, h("span", say(host, "to_cart")));
    const buttons = h("div.bs", button("s", say(host, "obj.on"), exit.finish), cart);
    card.replaceChildren(
      last ? top(host, heading, exit.finish) : h("div.hd", back, cross(host, exit.finish)),
      h("div.sc", !last && heading, ...below),
      last ? "" : h("div.ft", buttons),
    );
    heading.focus();
  };
  ask();
  if (host.preview === "answer") card.querySelector<HTMLElement>(".q")?.click();
  return [card];
}

const NEXT = "m9 6 6 6-6 6";
const BEFORE = "m15 6-6 6 6 6";
