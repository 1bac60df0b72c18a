// The cart of a WooCommerce shop through its Store API, and the consent its visitors gave.

import type { Cart, CartHook, CartItem } from "../_runtime/contract.ts";
import { offer, page, tag, WAIT_MS } from "./_offer.ts";

interface Line {
  readonly key: string;
  readonly id: number;
  readonly quantity: number;
  readonly name?: string;
  readonly images?: readonly { readonly thumbnail?: string }[];
  readonly prices?: { readonly price: string; readonly currency_minor_unit: number };
  readonly quantity_limits?: { readonly minimum?: number };
  /** What the plugin adds to a line: the product of a variation, the mark of a suggestion. */
  readonly extensions?: {
    readonly bleib?: { readonly product_id?: number; readonly mark?: string };
  };
}

interface WordPress {
  wp_consent_type?: string;
  wp_fallback_consent_type?: string;
  wp_has_consent?(category: string): boolean;
  jQuery?(target: HTMLElement): { trigger(event: string): unknown };
}

const word = window as unknown as WordPress;
/** Below which a line can only be taken out as a whole, for the lines seen so far. */
const least = new Map<string, number>();
let nonce = "";
let news = "";

// The address as the page knows it, so that the shop's cookies travel along.
function address(path: string): string {
  const { pathname, search } = new URL(
    tag()?.dataset.api ?? "/wp-json/wc/store/v1/",
    location.href,
  );
  return `${pathname}${search}cart${path}`;
}

async function ask(path = "", body?: unknown): Promise<Response> {
  const response = await fetch(address(path), {
    signal: AbortSignal.timeout(WAIT_MS),
    cache: "no-store",
    ...(body
      ? {
          method: "POST",
          headers: { "content-type": "application/json", nonce },
          body: JSON.stringify(body),
        }
      : {}),
  });
  nonce = response.headers.get("nonce") ?? nonce;
  return response;
}

interface Whole {
  readonly items?: readonly Line[];
  /** In the smallest unit; taxes apart, with which the shop compares for its free shipping. */
  readonly totals?: {
    readonly total_items: string;
    readonly total_items_tax: string;
    readonly total_discount: string;
    readonly total_discount_tax: string;
    readonly currency_minor_unit: number;
    readonly currency_code: string;
  };
}

const lines = async (response: Response) => remembered(await response.json());

function remembered({ items = [] }: Whole): readonly Line[] {
  for (const { key, quantity_limits } of items) least.set(key, quantity_limits?.minimum ?? 1);
  return items;
}

// WordPress writes text as it stands in HTML.
const plain = (text = "") =>
  text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(code)).replaceAll("&amp;", "&");

const item = ({ key, id, quantity, name, images, prices, extensions }: Line): CartItem => ({
  key,
  product_id: extensions?.bleib?.product_id ?? id,
  quantity,
  variant: `${id}`,
  title: plain(name),
  image: images?.[0]?.thumbnail,
  price: prices && `${+prices.price / 10 ** prices.currency_minor_unit}`,
});

async function read(): Promise<Cart | undefined> {
  const response = await ask();
  if (!response.ok) return undefined;
  const cart: Whole = await response.json();
  const { totals: of } = cart;
  const goods = of && +of.total_items + +of.total_items_tax - +of.total_discount;
  const total = goods && (goods - +of.total_discount_tax) / 10 ** of.currency_minor_unit;
  return { items: remembered(cart).map(item), total, currency: of?.currency_code };
}

// A nonce lives a day at most, so a page that stood open for longer asks for a fresh one, once.
async function change(
  path: string,
  body: unknown,
  expected: RegExp,
): Promise<readonly Line[] | undefined> {
  if (!nonce) await ask();
  let response = await ask(path, body);
  if (/401|403/.test(`${response.status}`)) {
    await ask();
    response = await ask(path, body);
  }
  if (response.ok) return lines(response);
  if (expected.test(`${response.status}`)) return undefined;
  throw response.status;
}

const cart: CartHook = {
  read,
  async add(variant, properties) {
    const piece = { id: +variant, quantity: 1, ...properties };
    // What the shop answers for an article that is sold out or not for sale.
    const found = await change("/add-item", piece, /400|404|409/);
    news = "added_to_cart";
    const same = found?.filter(({ id }) => id === +variant);
    const marked = same?.filter((line) => line.extensions?.bleib?.mark === properties._bleib);
    const line = (marked?.length ? marked : same)?.pop();
    return line && item(line);
  },
  change(key, quantity) {
    news = "removed_from_cart";
    return quantity < (least.get(key) ?? 1)
      ? // What the shopper has taken out meanwhile is out as well.
        change("/remove-item", { key }, /404|409/)
      : change("/update-item", { key, quantity }, /^$/);
  },
  // A shop with an older plugin takes none.
  note: (note) => change("/extensions", { namespace: "bleib", data: { note } }, /400/),
};

// The blocks of the shop listen for the first, its classic pages for the others.
function redraw(): void {
  const { body } = document;
  body.dispatchEvent(new CustomEvent(`wc-blocks_${news}`, { bubbles: true }));
  for (const event of ["wc_update_cart", "wc_fragment_refresh"]) word.jQuery?.(body).trigger(event);
}

// Without a consent tool WordPress answers "yes" to everything, and where visitors have to object
// it does so until they do: neither is a consent.
function consent(): void {
  const kind = `${word.wp_consent_type ?? word.wp_fallback_consent_type}`;
  const allows = (category: string) =>
    kind.includes("optin") && word.wp_has_consent?.(category) === true;
  // Without the interface of WordPress the shop speaks for itself.
  if (word.wp_has_consent)
    page.bleib?.consent?.({
      // What nobody was asked for was not withdrawn either.
      ...(allows("functional") && { necessary: true }),
      preferences: allows("preferences"),
    });
}

offer(cart, redraw);
// The loader may stand in the same file, behind this line.
setTimeout(consent);
addEventListener("load", consent);
for (const event of ["wp_consent_type_defined", "wp_listen_for_consent_change"])
  document.addEventListener(event, consent);
