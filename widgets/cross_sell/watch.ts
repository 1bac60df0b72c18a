// Notices that the cart has changed, whoever changed it, and says what it is worth.

import { cartOf } from "../_runtime/cart.ts";
import { onCartChange } from "../_runtime/changes.ts";
import type { Cart, Close, Host } from "../_runtime/contract.ts";
import { ours } from "./buy.ts";

/** Themes draw their cart anew a little after the shop has answered. */
const SETTLE_MS = 400;

/** A cart as Shopify tells it has this as well. */
interface Told extends Cart {
  /** In hundredths, whatever the currency. */
  readonly total_price?: number;
}

/**
 * What a cart is worth, in the shop's currency; undefined where it does not say, or in another
 * one.
 */
export function worth(host: Host, cart: Cart): number | undefined {
  const { total, total_price, currency, items } = cart as Told;
  const lines = items.reduce((sum, { price, quantity }) => sum + Number(price) * quantity, 0);
  const found = [Number(total), Number(total_price) / 100, lines].find((one) => one >= 0);
  return (currency ?? host.shop.currency) === host.shop.currency ? found : undefined;
}

/**
 * Calls `changed` with the cart after each change, and whether a row has changed it, until the
 * returned function is called.
 */
export function watch(host: Host, changed: (cart: Cart, own: boolean) => void): Close {
  const ending = new AbortController();
  const { signal } = ending;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const read = async () => {
    const cart = await cartOf(host)?.read();
    if (cart && !signal.aborted) changed(cart, false);
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => read().catch(() => {}), SETTLE_MS);
  };
  const hear = (cart?: Cart | null) => {
    if (!cart) return soon();
    // What the change has set off has been told with it.
    clearTimeout(timer);
    changed(cart, ours.has(cart));
  };
  // Of what was done in another tab nothing is heard here.
  const back = () => document.hidden || soon();
  onCartChange(hear, signal);
  document.addEventListener("visibilitychange", back, { signal });
  return () => {
    ending.abort();
    clearTimeout(timer);
  };
}
