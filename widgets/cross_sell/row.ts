// What a suggestion says: what it is, why, and for how much.

import type { Close, Host, Money } from "../_runtime/contract.ts";
import { address, h } from "../_runtime/dom.ts";
import { money } from "../_runtime/say.ts";

/** What can be put in: an article, or one of its kinds. */
export interface Offer {
  readonly variant_number: string;
  readonly price: Money;
  /** The price of a litre or the like, in the app's words. */
  readonly unit?: string | null;
}

/** A kind of an article that has several, such as a size. */
export interface Kind extends Offer {
  readonly title: string;
  readonly available: boolean;
}

export interface Suggestion extends Offer {
  readonly product: string;
  readonly title: string;
  readonly url: string;
  readonly image: string | null;
  /** Stands for the price until a kind was chosen, where they differ: "ab 12,90 €". */
  readonly from?: string | null;
  /** The lowest price of the 30 days before, in the app's words; never anything else. */
  readonly before?: string | null;
  readonly reason: { readonly text: string };
  /** What it was found by. */
  readonly mark: string;
  readonly choice?: { readonly name: string; readonly of: readonly Kind[] } | null;
}

/** A row as it is drawn, with room for what can be done with it. */
export interface Drawn {
  readonly element: HTMLElement;
  readonly actions: HTMLElement;
  /** Where it says what went wrong. */
  readonly problem: HTMLElement;
  /** Writes the price: of what was chosen, else of the article. */
  priced(offer?: Offer): void;
}

/** Draws a row; `click` hears that the shopper goes to the article. */
export function row(host: Host, item: Suggestion, click: Close): Drawn {
  const { title, reason, before, from } = item;
  const href = address(item.url);
  const src = address(item.image);
  const price = h("p.why");
  const actions = h("div.do");
  const problem = h("div.no", { role: "alert" });
  const priced = (offer?: Offer) => {
    const { price: of, unit } = offer ?? item;
    price.replaceChildren(h("b", (!offer && from) || money(host, of)), unit ? ` · ${unit}` : "");
  };
  priced();
  const element = h(
    "li",
    h("div.pic", src && h("img", { src, alt: "" })),
    h(
      "div.t",
      h("p.name", href ? h("a", { href, click }, title) : title),
      h("p.why", reason.text),
      price,
      before && h("p.why", before),
    ),
    actions,
    problem,
  );
  return { element, actions, problem, priced };
}
