// The cart of the shop: Shopify's Ajax cart, or whatever the shop offers as `bleib.cart`.

import type { CartHook, CartItem, Host } from "./contract.ts";

const WAIT_MS = 8000;

interface Shopify {
  readonly routes?: { readonly root?: string };
}

/**
 * Asks Shopify's cart, or changes it. Nothing is the answer for an article that is sold out or not
 * for sale.
 */
export async function call<T>(path: string, body?: unknown): Promise<T | undefined> {
  // The root of the shop carries the language.
  const root = (window as { Shopify?: Shopify }).Shopify?.routes?.root ?? "/";
  const response = await fetch(`${root}cart${path}.js`, {
    signal: AbortSignal.timeout(WAIT_MS),
    headers: { "content-type": "application/json" },
    ...(body ? { method: "POST", body: JSON.stringify(body) } : {}),
  });
  return /404|422/.test(`${response.status}`) ? undefined : response.json();
}

/** A line as Shopify tells it. */
interface Line extends CartItem {
  readonly variant_id: number;
  readonly product_title: string;
  /** In hundredths, whatever the currency. */
  readonly price: string;
}

const shopify: CartHook = {
  read: async () => {
    const cart = await call<{ readonly items: readonly Line[] }>("");
    return (
      cart && {
        ...cart,
        items: cart.items.map((line) => ({
          ...line,
          variant: `${line.variant_id}`,
          title: line.product_title,
          price: `${+line.price / 100}`,
        })),
      }
    );
  },
  add: async (id, properties) => {
    const items = [{ id: +id || id, quantity: 1, properties }];
    const added = await call<CartItem & { items?: readonly CartItem[] }>("/add", { items });
    // Some shops answer with the line itself, some with a list of lines.
    return added?.items?.[0] ?? added;
  },
  change: (id, quantity) => call("/change", { id, quantity }),
};

/** The cart to work with; null in a shop that has none for us. */
export const cartOf = (host: Pick<Host, "shop" | "cart">): CartHook | null =>
  host.cart ?? (host.shop.cart === "shopify" ? shopify : null);

/** Where the page itself leads to its cart, which every shop calls differently. */
export const cartLink = () =>
  [...document.links].find(({ pathname }) => /\/(cart|basket|warenkorb)\/?$/.test(pathname))?.href;
