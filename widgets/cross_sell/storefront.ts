// Shows in the cart what others ordered with it, each with its reason, and adds it on request.

import { cartOf } from "../_runtime/cart.ts";
import type { CartItem, Close, Host, Money } from "../_runtime/contract.ts";
import { address, button, h, icon } from "../_runtime/dom.ts";
import { busy, failure, ICONS, mistake } from "../_runtime/field.ts";
import { place } from "../_runtime/place.ts";
import { merchant, money, say } from "../_runtime/say.ts";
import css from "./style.css";

interface Suggestion {
  readonly variant_number: string;
  readonly title: string;
  readonly url: string;
  readonly image: string | null;
  readonly price: Money;
  /** The lowest price of the 30 days before, in the app's words; never anything else. */
  readonly before?: string | null;
  readonly reason: { readonly with: string };
}

// A suggestion without a reason is advertising, and without a price it is a riddle.
const usable = (item: Partial<Suggestion> | null) =>
  item?.title && item.variant_number && item.price?.currency && item.reason?.with;

async function suggestions(host: Host): Promise<Suggestion[]> {
  const cart = (await cartOf(host)?.read())?.items.map((item) => item.product_id).join();
  if (!cart) return [];
  const { data } = await host.api(`suggestions?${new URLSearchParams({ cart, lang: host.lang })}`);
  const { items = [] } = (data ?? {}) as { items?: Suggestion[] };
  return items.filter(usable).slice(0, Number(host.campaign.settings.limit) || 3);
}

/** Draws the suggestions; without any, nothing at all. */
export default async function start(host: Host): Promise<Close | undefined> {
  const items = await suggestions(host);
  if (!items.length) return undefined;
  const live = h("p.live", { role: "status" });
  const title = merchant(host, host.campaign.settings.title) || say(host, "sug.title");
  const click = () => {
    host.event("dismissal");
    host.refuse();
    hide?.();
  };
  const hide = place(
    host,
    [css],
    h("div.hd", h("h2", { id: "t" }, title), h("button.a", { click }, say(host, "sug.hide"))),
    h("ul", ...items.map((item) => row(host, item, live))),
    live,
  );
  return hide;
}

function row(host: Host, item: Suggestion, live: HTMLElement): HTMLElement {
  const { title } = item;
  const cart = cartOf(host);
  const href = address(item.url);
  const src = address(item.image);
  const actions = h("div.do");
  const problem = h("div.no", { role: "alert" });
  let line: CartItem | undefined;

  const put = async () => {
    line = await cart?.add(item.variant_number, { _bleib: `cross_sell:${host.campaign.id}` });
    if (!line) return actions.replaceChildren(h("p.why", say(host, "sug.gone")));
    host.event("add");
    return show("sug.live", undo, h("p.ok", icon(ICONS.check), say(host, "sug.added")), undo);
  };
  const take = async () => {
    if (line) await cart?.change(line.key, line.quantity - 1);
    show("sug.undone", add, add);
  };
  const show = (words: string, focus: HTMLElement, ...nodes: Node[]) => {
    actions.replaceChildren(...nodes);
    focus.focus();
    live.textContent = say(host, words, { item: title });
  };
  // Each names its article, because three buttons called "add" are one riddle to a screen reader.
  const action = (key: string, work: () => Promise<void>) => {
    const target = button("s", say(host, key), () =>
      busy(host, target, "sug.busy", () => act(work)),
    );
    target.ariaLabel = `${say(host, key)}: ${title}`;
    return target;
  };
  const act = async (work: () => Promise<void>) => {
    problem.replaceChildren();
    try {
      await work();
      // So that the theme can draw its cart anew.
      const tell = (detail: unknown) =>
        document.dispatchEvent(new CustomEvent("bleib:cart", { detail }));
      cart?.read().then(tell, () => {});
    } catch {
      problem.append(mistake(failure(host)));
    }
  };
  const add = action("sug.add", put);
  const undo = action("sug.undo", take);
  actions.append(add);
  return h(
    "li",
    h("div.pic", src && h("img", { src, alt: "" })),
    h(
      "div",
      h("p.name", href ? h("a", { href, click: () => host.event("click") }, title) : title),
      h("p.why", say(host, "sug.why", { with: item.reason.with })),
      h("p.name", money(host, item.price)),
      item.before && h("p.why", item.before),
    ),
    actions,
    problem,
  );
}
