// The cart of a Shopware shop through its own storefront, the voucher of a link, and the consent.

import type { Cart, CartHook, CartItem } from "../_runtime/contract.ts";
import { offer, page, tag, WAIT_MS } from "./_offer.ts";

interface Line {
  readonly id: string;
  readonly referencedId?: string | null;
  readonly type?: string;
  readonly quantity: number;
  readonly label?: string;
  readonly cover?: { readonly url?: string } | null;
  readonly price?: { readonly unitPrice: number } | null;
  /** Of a variant: the article it belongs to, which is what orders are compared by. */
  readonly payload?: { readonly parentId?: string | null };
}

/** The part of the shop's own scripts that draws it. */
interface Theme {
  readonly PluginManager?: {
    getPluginInstances(name: string): readonly { fetch(): unknown }[];
    initializePlugins(): unknown;
  };
}

/** In the address: the voucher of a mail's button. In the tab: until there is a cart for it. */
const VOUCHER = "bleib_voucher";
/** What Shopware's consent manager sets for our entry in it (manifest.xml). */
const ALLOWED = /(^|; )bleib-preferences=1(;|$)/;

// A sales channel may live below a path, such as the language.
const address = (path: string) => `${tag()?.dataset.root ?? "/"}checkout/${path}`;

async function ask(path: string, fields?: Record<string, string>): Promise<Response> {
  const response = await fetch(address(path), {
    signal: AbortSignal.timeout(WAIT_MS),
    // Without it Shopware takes the request for a page, with it a page's address is refused.
    headers: { "x-requested-with": "XMLHttpRequest" },
    // No "redirectTo": then Shopware just answers 200.
    ...(fields ? { method: "POST", body: new URLSearchParams(fields) } : {}),
  });
  if (!response.ok) throw response.status;
  return response;
}

interface Whole {
  readonly lineItems?: readonly Line[];
  readonly price?: { readonly positionPrice: number };
}

const whole = async (): Promise<Whole> => (await ask("cart.json")).json();

// Vouchers and what plugins add are lines as well.
const articles = ({ lineItems = [] }: Whole) =>
  Object.values(lineItems).filter(({ type }) => type === "product");
const lines = async () => articles(await whole());

const item = ({ id, referencedId, quantity, label, cover, price, payload }: Line): CartItem => ({
  key: id,
  product_id: payload?.parentId ?? referencedId ?? id,
  quantity,
  variant: referencedId ?? id,
  title: label,
  image: cover?.url,
  price: price ? `${price.unitPrice}` : undefined,
});

const cart: CartHook = {
  read: async (): Promise<Cart> => {
    const cart = await whole();
    return { items: articles(cart).map(item), total: cart.price?.positionPrice };
  },

  async add(variant, properties) {
    const count = async () => (await lines()).find(({ id }) => id === variant);
    const before = (await count())?.quantity ?? 0;
    const field = `lineItems[${variant}]`;
    await ask("line-item/add", {
      [`${field}[id]`]: variant,
      [`${field}[referencedId]`]: variant,
      [`${field}[type]`]: "product",
      [`${field}[quantity]`]: "1",
      // Stays with the line, and with the line of the order.
      [`${field}[payload]`]: JSON.stringify(properties),
    });
    // Shopware answers alike whether it took the article or not; only the cart tells.
    const line = await count();
    if (!line || line.quantity <= before) return undefined;
    // Shopware may take more than one piece where it must be bought by the dozen: one less than
    // this is what was there before.
    return { ...item(line), quantity: before + 1 };
  },

  change: (key, quantity) =>
    quantity > 0
      ? ask(`line-item/change-quantity/${key}`, { quantity: `${quantity}` })
      : ask(`line-item/delete/${key}`, {}),
};

// The number in the head, and on the cart's own page the lines and the sum as the shop draws them.
async function redraw(): Promise<void> {
  const { PluginManager } = window as Theme;
  if (tag()?.dataset.page === "cart") {
    const html = await (await fetch(address("cart"))).text();
    const fresh = new DOMParser().parseFromString(html, "text/html");
    for (const part of [".checkout-product-table", ".checkout-aside-summary"]) {
      const drawn = fresh.querySelector(part);
      if (drawn) document.querySelector(part)?.replaceWith(drawn);
    }
    PluginManager?.initializePlugins();
  }
  for (const head of PluginManager?.getPluginInstances("CartWidget") ?? []) head.fetch();
}

// An empty cart cannot hold a voucher: Shopware forgets it. So it waits in the tab, for which the
// shopper asked by following the link.
async function redeem(): Promise<void> {
  const url = new URL(location.href);
  const given = url.searchParams.get(VOUCHER);
  if (given) {
    sessionStorage.setItem(VOUCHER, given);
    url.searchParams.delete(VOUCHER);
    // So that neither a bookmark nor the next page learns the code.
    history.replaceState(history.state, "", url);
  }
  const code = sessionStorage.getItem(VOUCHER);
  if (!code || !(await lines()).length) return;
  sessionStorage.removeItem(VOUCHER);
  await ask("promotion/add", { code });
  // There the shop says what became of it; the end of the address tells us what it was.
  if (!given && tag()?.dataset.page !== "cart") return;
  history.replaceState(history.state, "", address("cart") + location.hash);
  location.reload();
}

// The event names only what changed since the settings were opened; the cookie always tells.
function consent({ type }: Event): void {
  const preferences = ALLOWED.test(document.cookie);
  // Where nobody asked through Shopware, another tool may have.
  if (preferences || type !== "load") page.bleib?.consent?.({ preferences });
}

// Whatever fails here, the shop works as if we were not there.
const quietly = (work: () => Promise<void>) => () => void work().catch(() => {});
const redeemed = quietly(redeem);
offer(cart, quietly(redraw));
redeemed();
// The drawer opens with what was just put in; its event does not bubble.
document.addEventListener("offCanvasOpened", redeemed, true);
document.addEventListener("CookieConfiguration_Update", consent);
// By then the loader has run, whoever came first.
addEventListener("load", consent);
