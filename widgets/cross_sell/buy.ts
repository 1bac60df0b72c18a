// Puts a suggestion into the cart on request, and takes it out again.

import { cartOf } from "../_runtime/cart.ts";
import type { Cart, CartItem, Host } from "../_runtime/contract.ts";
import { button, h, icon } from "../_runtime/dom.ts";
import { busy, failure, ICONS, mistake } from "../_runtime/field.ts";
import { say } from "../_runtime/say.ts";
import type { Drawn, Offer, Suggestion } from "./row.ts";

/** Carts as rows have left them: told to the page, but no news to the lists. */
export const ours = new WeakSet<Cart>();

const BACK = "m9 14-5-5 5-5M4 9h10a6 6 0 0 1 0 12h-3";

/** A row as its further parts see it. */
export interface Row extends Drawn {
  readonly host: Host;
  readonly item: Suggestion;
  /** What stands before the button: the choice. */
  readonly before: HTMLElement[];
  /** What stands behind "in the basket": the number of pieces. */
  readonly after: HTMLElement[];
  /** What the button puts in; nothing until it was chosen. */
  offer?: Offer | undefined;
  /** The line of the cart that it was put into. */
  line?: CartItem | undefined;
  /** How many pieces of the line are its own. */
  pieces: number;
  /** Says that something must be chosen first. */
  missing?(): void;
  /** Says that the shop does not sell it any more. */
  gone(): void;
  /** Shows it as it was before it was added. */
  idle(): void;
  /** Does something with the cart, and says so where that fails. */
  act(work: () => Promise<unknown>): Promise<void>;
}

/** Hears of what became of a row. */
export type Told = (what: "click" | "add" | "undo", row: Row) => void;

/** Gives a row its buttons; `live` is read out, `told` hears of what became of it. */
export function buy(
  host: Host,
  item: Suggestion,
  drawn: Drawn,
  live: HTMLElement,
  told: Told,
): Row {
  const { title, mark } = item;
  const { actions, problem } = drawn;
  const cart = cartOf(host);
  const source = [host.campaign.widget, host.campaign.id, mark].filter(Boolean).join(":");
  const self: Row = {
    ...drawn,
    host,
    item,
    before: [],
    after: [],
    offer: item,
    pieces: 1,
    gone: () => actions.replaceChildren(h("p.why", say(host, "gone"))),
    idle: () => {
      self.line = undefined;
      self.pieces = 1;
      actions.replaceChildren(...self.before, add);
    },
    act: async (work) => {
      problem.replaceChildren();
      try {
        await work();
        // So that the theme can draw its cart anew.
        const tell = (detail: Cart | undefined) => {
          if (detail) ours.add(detail);
          document.dispatchEvent(new CustomEvent("bleib:cart", { detail }));
        };
        cart?.read().then(tell, () => {});
      } catch {
        problem.append(mistake(failure(host)));
      }
    },
  };
  const put = async () => {
    if (!self.offer) return;
    self.line = await cart?.add(self.offer.variant_number, { _bleib: source });
    if (!self.line) return self.gone();
    told("add", self);
    const added = h("p.ok", icon(ICONS.check), say(host, "added"));
    actions.replaceChildren(added, ...self.after, undo);
    said("live", undo);
  };
  const take = async () => {
    const { line } = self;
    if (line) await cart?.change(line.key, line.quantity - 1);
    told("undo", self);
    self.idle();
    said("undone", add);
  };
  const said = (words: string, focus: HTMLElement) => {
    focus.focus();
    live.textContent = say(host, words, { item: title });
  };
  // Each names its article, because three buttons called "add" are one riddle to a screen reader.
  const action = (words: string, doing: string, work: () => Promise<void>) => {
    const press = () => {
      if (self.offer) busy(host, target, doing, () => self.act(work));
      else self.missing?.();
    };
    const target = button("s", say(host, words), press);
    target.ariaLabel = `${say(host, words)}: ${title}`;
    return target;
  };
  const add = action("add", "busy", put);
  const undo = action("undo", "undo", take);
  undo.prepend(icon(BACK, 18));
  return self;
}
