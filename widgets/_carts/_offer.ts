// What every shop's own cart has in common: it is offered to the widgets, whoever came first.

import type { Consent } from "../_runtime/consent.ts";
import type { CartHook } from "../_runtime/contract.ts";

/** The longest wait for the shop, in milliseconds. */
export const WAIT_MS = 8000;

interface Page {
  bleib?: { cart?: CartHook | null; consent?: (given: Consent) => unknown };
}

export const page = window as unknown as Page;

/** Offers the cart, whether the loader has already run or not; `redraw` runs after each change. */
export function offer(cart: CartHook, redraw: () => void): void {
  page.bleib ??= {};
  page.bleib.cart = cart;
  document.addEventListener("bleib:cart", redraw);
}

/** The script tag of the loader, which carries what the package says to the scripts. */
export const tag = () => document.querySelector<HTMLElement>("script[data-shop][src*='/bleib.js']");
