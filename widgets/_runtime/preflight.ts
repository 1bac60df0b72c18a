// Says in the cart what a voucher still needs, to whoever came with the voucher's link.

import { cartOf } from "./cart.ts";
import { recall, remember } from "./consent.ts";
import type { CartHook, Close, Host } from "./contract.ts";
import { h, icon, mount } from "./dom.ts";
import css from "./preflight.css";

/** What the app says of the voucher and this cart, in the shop's own words. */
interface Told {
  readonly state: string;
  readonly title: string;
  readonly text: string;
  /** The part of the text that matters most. */
  readonly strong: string;
  readonly note: string;
  /** How much of the minimum is there, in percent. */
  readonly share: number | null;
  readonly hide: string;
  /** Nothing will ever come of this voucher again. */
  readonly over: boolean;
}

const KEY = "bleib.voucher";
const LINK = /^#bleib-cart=\d+\.([\w-]+)$/;
/** Requests by which shops change their carts; those that only read them are none. */
const CHANGES = /\/cart\/\w|\/batch|wc-ajax|line-item|offcanvas/;
/** Themes draw their cart anew a little after the shop has answered. */
const SETTLE_MS = 400;
const GOOD = "m5 12.5 5 5L19 7.5";
const INFO = "M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18Zm0-10v6m0-9.5v.5";
const CLOCK = "M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18Zm0-14v5l3 2";
const SIGNS: Readonly<Record<string, string>> = {
  applies: GOOD,
  excluded: INFO,
  blocked: INFO,
  expired: CLOCK,
  used: CLOCK,
};

/** Its own place in the summary of the cart, else above the suggestions. */
const spot = () =>
  document.querySelector<HTMLElement>("[data-bleib=preflight]") ??
  document.querySelector<HTMLElement>("[data-bleib=cross_sell]");

function forget(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Then nothing was kept either.
  }
}

/** The voucher of the link, which is kept in this browser until it is over. */
function bring(): string | undefined {
  const [, given] = LINK.exec(location.hash) ?? [];
  if (!given) return recall<string>(KEY);
  remember(KEY, given);
  // So that neither a bookmark nor a copied address carries it on.
  history.replaceState(history.state, "", location.pathname + location.search);
  return given;
}

/** Asks the app about this cart; undefined where there is nothing to say at the moment. */
async function ask(host: Host, cart: CartHook, voucher: string): Promise<Told | undefined> {
  const items = (await cart.read())?.items ?? [];
  if (!items.length) return undefined;
  const { Shopify } = window as { Shopify?: { currency?: { active?: string } } };
  const { status, data } = await host.api("vouchers/check", {
    voucher,
    items: items.map(({ product_id, variant, quantity, price }) => ({
      product: `${product_id}`,
      variant: `${variant ?? ""}`,
      quantity,
      price: `${price ?? ""}`,
    })),
    currency: Shopify?.currency?.active ?? "",
    lang: host.lang,
  });
  const told = data as Told | null;
  if (status === 404 || told?.over) forget();
  return status === 200 && told?.title ? told : undefined;
}

/** The box; `show` fills it, and hides it without anything to say. */
function box(hide: Close) {
  const title = h("p.t");
  const leave = h("button.a", { type: "button", click: hide });
  const sign = h("span");
  const words = h("p", { role: "status" });
  const bar = h("span");
  const meter = h("div.m", { role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 }, bar);
  const note = h("p.why");
  const section = h("section", h("div.hd", title, leave), h("div.w", sign, words), meter, note);
  const show = (told?: Told) => {
    section.hidden = !told;
    if (!told) return;
    const { state, text, strong, share } = told;
    section.className = state;
    section.ariaLabel = title.textContent = told.title;
    leave.textContent = told.hide;
    sign.replaceChildren(...(SIGNS[state] ? [icon(SIGNS[state])] : []));
    // A screen reader speaks up for what has changed, and only then.
    if (words.textContent !== text) {
      const [before, after] = strong ? text.split(strong) : [text];
      words.replaceChildren(before ?? "", ...(strong ? [h("b", strong), after ?? ""] : []));
    }
    meter.hidden = share === null;
    meter.ariaValueNow = `${share ?? 0}`;
    meter.ariaLabel = text;
    bar.style.width = `${share ?? 0}%`;
    note.textContent = told.note;
  };
  return { section, show };
}

/** Draws the box, and again whenever the cart has changed. */
export default async function start(host: Host): Promise<Close | undefined> {
  const voucher = bring();
  const cart = cartOf(host);
  if (!voucher || !cart || !spot()) return undefined;
  let outer: Element | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const { section, show } = box(() => {
    forget();
    close();
  });
  const draw = async () => {
    const told = await ask(host, cart, voucher).catch(() => undefined);
    const place = spot();
    if (host.signal.aborted || !place) return;
    show(told);
    if (outer?.isConnected) return;
    // The theme has drawn its cart anew, and us away with it.
    outer?.remove();
    const root = mount(host, place, [css]);
    root.append(section);
    outer = (root.getRootNode() as ShadowRoot).host;
    place.prepend(outer);
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(draw, SETTLE_MS);
  };
  const watch = new PerformanceObserver((list) => {
    if (list.getEntries().some(({ name }) => CHANGES.test(name))) soon();
  });
  const close = () => {
    watch.disconnect();
    clearTimeout(timer);
    document.removeEventListener("bleib:cart", soon);
    outer?.remove();
  };
  await draw();
  watch.observe({ type: "resource" });
  document.addEventListener("bleib:cart", soon);
  host.signal.addEventListener("abort", close);
  return close;
}
