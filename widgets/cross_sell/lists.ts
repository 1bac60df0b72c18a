// The lists of suggestions on one page: one for each place, kept as the cart is.

import type { Cart, Close, Host } from "../_runtime/contract.ts";
import { h } from "../_runtime/dom.ts";
import { merchant, say } from "../_runtime/say.ts";
import { buy, type Row, type Told } from "./buy.ts";
import type { Suggestion } from "./row.ts";
import type { Base } from "./storefront.ts";

/** What all lists of a page have in common. */
export interface Parts {
  /** The style sheets of all parts that there are by now. */
  sheets(): readonly string[];
  /** Gives a row what it has beyond others, before it is seen. */
  dress(row: Row): void;
  readonly told: Told;
  readonly hide: Close;
}

interface List {
  readonly rows: Row[];
  add(item: Suggestion): Row;
  readonly close: Close | undefined;
}

// A row that the shopper is at, or has put in, is not taken away from under the hand.
const stays = ({ item, line, element }: Row, found: readonly Suggestion[]) =>
  line || element.matches(":focus-within") || found.some((one) => one.product === item.product);

/** What others did to the lines that rows have put in. */
function follow(row: Row, { items }: Cart): void {
  if (!row.line) return;
  const { key, product_id } = row.line;
  const line = items.find((one) => one.key === key);
  // What is left when all pieces of the row are taken out again.
  if (line) row.line = { ...line, quantity: Math.max(1, line.quantity - row.pieces + 1) };
  else if (!items.some((one) => `${one.product_id}` === `${product_id}`)) row.idle();
}

/** Draws an empty list into the place of a host. */
function frame(host: Host, { css, place, spot }: Base, { hide }: Parts) {
  const live = h("p.live", { role: "status" });
  const list = h("ul");
  const words = spot(host).place === "cart" ? "title" : "short";
  const title = merchant(host, host.campaign.settings.title) || say(host, words);
  const leave = h("button.a", { click: hide }, say(host, "hide"));
  const top = h("div.hd", h("h2", { id: "t" }, title), leave);
  return { live, list, close: place(host, [css], top, list, live) };
}

/** Gives a list the style sheets that it does not have yet; returns all that it has. */
function styled(list: HTMLElement, had: readonly string[], sheets: readonly string[]) {
  const root = list.getRootNode() as ShadowRoot;
  const fresh = sheets.filter((text) => text && !had.includes(text));
  const made = fresh.map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...made];
  return [...had, ...fresh];
}

/** Draws, renews and closes the lists of a page. */
export function listsOf(host: Host, base: Base, parts: Parts) {
  const lists = new Map<HTMLElement, List | undefined>();
  // The whole page is one impression, however many places it has.
  const at = (placement: HTMLElement): Host => ({
    ...host,
    cart: host.cart,
    placement,
    event: (kind) => {
      if (kind !== "impression" || placement === host.placement) host.event(kind);
    },
  });

  const draw = (there: Host, items: readonly Suggestion[]): List => {
    const { live, list, close } = frame(there, base, parts);
    let worn: readonly string[] = [];
    const add = (item: Suggestion) => {
      worn = styled(list, worn, parts.sheets());
      const drawn = base.row(there, item, () => parts.told("click", row));
      const row: Row = buy(there, item, drawn, live, parts.told);
      parts.dress(row);
      row.idle();
      list.append(row.element);
      return row;
    };
    return { rows: items.map(add), add, close };
  };

  /** Draws a list into a place; without anything to draw the place is kept in mind. */
  const open = (place: HTMLElement, items: readonly Suggestion[]) => {
    lists.set(place, items.length ? draw(at(place), items) : undefined);
  };

  const merge = (place: HTMLElement, drawn: List, found: readonly Suggestion[], most: number) => {
    const kept = drawn.rows.filter((row) => stays(row, found));
    for (const row of drawn.rows) if (!kept.includes(row)) row.element.remove();
    const fresh = found.filter(({ product }) => !kept.some(({ item }) => item.product === product));
    const room = Math.max(0, most - kept.length);
    drawn.rows.splice(0, drawn.rows.length, ...kept, ...fresh.slice(0, room).map(drawn.add));
    if (drawn.rows.length) return;
    drawn.close?.();
    lists.set(place, undefined);
  };

  /** Asks for each place what goes with the cart as it is now. */
  const renew = async (
    cart: Cart,
    prepared: (items: readonly Suggestion[]) => Promise<unknown>,
  ) => {
    for (const [place, drawn] of lists) {
      if (!place.isConnected) {
        lists.delete(place);
        continue;
      }
      const found = await base.ask(at(place), cart);
      await prepared(found);
      if (host.signal.aborted) return;
      if (drawn) merge(place, drawn, found, Math.max(found.length, drawn.rows.length));
      else if (found.length) open(place, found);
    }
  };

  return {
    at,
    open,
    renew,
    has: (place: HTMLElement) => lists.has(place),
    follow: (cart: Cart) => {
      for (const drawn of lists.values()) for (const row of drawn?.rows ?? []) follow(row, cart);
    },
    close: () => {
      for (const drawn of lists.values()) drawn?.close?.();
      lists.clear();
    },
  };
}
