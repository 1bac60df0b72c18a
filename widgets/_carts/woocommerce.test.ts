import { beforeEach, expect, test, vi } from "vitest";
import type { CartHook } from "../_runtime/contract.ts";

interface Call {
  readonly path: string;
  readonly nonce: string | null;
  readonly body: unknown;
}

const KEY = "c20ad4d76fe97759aa27a0c99bff6710";
const MARKED = "8c19f571e251e61cb8dd3612f26d5ecf";
const money = { currency_code: "EUR", currency_minor_unit: 2 };
const limits = { minimum: 1, maximum: 9999, multiple_of: 1, editable: true };

/** A line as the Store API gives it, cut down to what tells lines apart. */
const line = (id: number, more: Record<string, unknown> = {}) => ({
  key: KEY,
  id,
  type: "simple",
  quantity: 1,
  quantity_limits: limits,
  name: "Socke &#8222;Ufer&#8220;",
  prices: { price: "1580", ...money },
  totals: { line_total: "1580", ...money },
  variation: [],
  extensions: {},
  ...more,
});
const cartOf = (...items: unknown[]) => ({
  items,
  coupons: [],
  cross_sells: [],
  items_count: items.length,
  totals: {
    total_items: "2000",
    total_items_tax: "380",
    total_discount: "200",
    total_discount_tax: "38",
    ...money,
  },
  errors: [],
  extensions: {},
});
const ours = (product_id: number, mark = "") => ({ extensions: { bleib: { product_id, mark } } });
const problem = (code: string) => ({ code, message: "…", data: { status: 400 } });

let calls: Call[];
let answers: [status: number, body: unknown, nonce?: string][];

/** Each call takes the next answer; the last one stays. */
function shopAnswers(...next: typeof answers): void {
  answers = next;
}

const bleib = () =>
  (window as unknown as { bleib: { cart: CartHook; consent?: (given: unknown) => void } }).bleib;
const page = window as unknown as Record<string, unknown>;

beforeEach(async () => {
  vi.resetModules();
  calls = [];
  page.bleib = undefined;
  delete page.wp_has_consent;
  delete page.wp_consent_type;
  delete page.jQuery;
  document.head.innerHTML =
    '<script data-shop="k" data-api="https://other.example/shop/wp-json/wc/store/v1/" src="/bleib.js?ver=1" type="text/plain"></script>';
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const headers = new Headers(init.headers);
    const body = init.body ? JSON.parse(String(init.body)) : undefined;
    calls.push({ path, nonce: headers.get("nonce"), body });
    const [status, answer, nonce = "n1"] = (answers.length > 1 ? answers.shift() : answers[0]) ?? [
      500,
      "",
    ];
    const text = typeof answer === "string" ? answer : JSON.stringify(answer);
    return new Response(text, { status, headers: { Nonce: nonce } });
  });
  await import("./woocommerce.ts");
});

test("what a saved cart needs is told of each article, in plain letters", async () => {
  const images = [{ id: 1, src: "https://s.example/g.jpg", thumbnail: "https://s.example/k.jpg" }];
  shopAnswers([200, cartOf(line(12, { images }))]);
  const cart = await bleib().cart.read();
  expect(cart?.items[0]).toMatchObject({
    variant: "12",
    title: "Socke „Ufer“",
    image: "https://s.example/k.jpg",
    price: "15.8",
  });
});

test("a cart is read from the shop's own origin, below the path the plugin names", async () => {
  shopAnswers([200, cartOf(line(12))]);
  expect(await bleib().cart.read()).toMatchObject({
    items: [{ key: KEY, product_id: 12, quantity: 1 }],
  });
  expect(calls).toEqual([{ path: "/shop/wp-json/wc/store/v1/cart", nonce: null, body: undefined }]);
});

test("a variation counts as its product where the plugin says which that is", async () => {
  shopAnswers([200, cartOf(line(12003, { type: "variation", ...ours(12) }), line(13))]);
  const items = (await bleib().cart.read())?.items;
  expect(items?.map((item) => item.product_id)).toEqual([12, 13]);
});

test("a shop without pretty addresses is asked by its query", async () => {
  document.querySelector("script")?.setAttribute("data-api", "/?rest_route=/wc/store/v1/");
  shopAnswers([200, cartOf()]);
  expect(await bleib().cart.read()).toEqual({ items: [], total: 21.42, currency: "EUR" });
  expect(calls[0]?.path).toBe("/?rest_route=/wc/store/v1/cart");
});

test.each([
  [404, problem("rest_no_route")],
  [503, "<h1>Wartung</h1>"],
])("a shop that answers %i has no cart for us", async (status, body) => {
  shopAnswers([status, body]);
  expect(await bleib().cart.read()).toBeUndefined();
});

test("the first change fetches a nonce, and the mark travels with the article", async () => {
  shopAnswers(
    [200, cartOf()],
    [201, cartOf(line(12, { key: MARKED, ...ours(12, "cross_sell:7") }))],
  );
  const added = await bleib().cart.add("12", { _bleib: "cross_sell:7" });
  expect(added).toMatchObject({ key: MARKED, product_id: 12, quantity: 1 });
  expect(calls.map(({ path, nonce }) => [path.split("v1/")[1], nonce])).toEqual([
    ["cart", null],
    ["cart/add-item", "n1"],
  ]);
  expect(calls[1]?.body).toEqual({ id: 12, quantity: 1, _bleib: "cross_sell:7" });
});

test("of two lines with the same article the marked one is meant, wherever it stands", async () => {
  const marked = line(12, { key: MARKED, quantity: 2, ...ours(12, "cross_sell:7") });
  shopAnswers([200, cartOf()], [201, cartOf(marked, line(12, ours(12)))]);
  const added = await bleib().cart.add("12", { _bleib: "cross_sell:7" });
  expect(added).toMatchObject({ key: MARKED, product_id: 12, quantity: 2 });
});

test("without the plugin the last line with the article is meant", async () => {
  shopAnswers([200, cartOf()], [201, cartOf(line(9), line(12, { key: "last" }))]);
  expect((await bleib().cart.add("12", {}))?.key).toBe("last");
});

test.each([400, 404, 409])("an article that cannot be bought (%i) is nothing", async (status) => {
  shopAnswers([200, cartOf()], [status, problem("woocommerce_rest_product_out_of_stock")]);
  expect(await bleib().cart.add("12", {})).toBeUndefined();
});

test("a nonce that has expired is fetched anew, once", async () => {
  shopAnswers(
    [200, cartOf(), "old"],
    [403, problem("woocommerce_rest_invalid_nonce"), "old"],
    [200, cartOf(), "new"],
    [201, cartOf(line(12))],
  );
  expect((await bleib().cart.add("12", {}))?.key).toBe(KEY);
  expect(calls.at(-1)?.nonce).toBe("new");
});

test("a shop that refuses for good is not asked for ever", async () => {
  shopAnswers([403, problem("woocommerce_rest_invalid_nonce")]);
  await expect(bleib().cart.add("12", {})).rejects.toBe(403);
  expect(calls).toHaveLength(4);
});

test("a shop in trouble is a failure, not a sold-out article", async () => {
  shopAnswers([200, cartOf()], [500, "<h1>Error</h1>"]);
  await expect(bleib().cart.add("12", {})).rejects.toBe(500);
});

test("fewer pieces change the line, none take it out", async () => {
  shopAnswers([200, cartOf(line(12, { quantity: 3 }))]);
  await bleib().cart.read();
  await bleib().cart.change(KEY, 2);
  await bleib().cart.change(KEY, 0);
  expect(calls.slice(1).map(({ path, body }) => [path.split("v1/")[1], body])).toEqual([
    ["cart/update-item", { key: KEY, quantity: 2 }],
    ["cart/remove-item", { key: KEY }],
  ]);
});

test("what cannot be bought in so few pieces is taken out as a whole", async () => {
  shopAnswers([200, cartOf(line(12, { quantity: 6, quantity_limits: { minimum: 6 } }))]);
  await bleib().cart.read();
  await bleib().cart.change(KEY, 5);
  expect(calls[1]?.path).toMatch(/remove-item$/);
});

test("a line that is gone already counts as taken out; a change refused does not", async () => {
  shopAnswers([200, cartOf()], [409, problem("woocommerce_rest_cart_invalid_key")]);
  expect(await bleib().cart.change(KEY, 0)).toBeUndefined();
  shopAnswers([400, problem("readonly_quantity")]);
  await expect(bleib().cart.change(KEY, 2)).rejects.toBe(400);
});

test("the cart of the shop is told to draw itself anew, by block and by jQuery", async () => {
  const heard: string[] = [];
  for (const name of ["wc-blocks_added_to_cart", "wc-blocks_removed_from_cart"])
    document.body.addEventListener(name, () => heard.push(name), { once: true });
  page.jQuery = () => ({ trigger: (name: string) => heard.push(name) });
  shopAnswers([200, cartOf()], [201, cartOf(line(12))]);
  await bleib().cart.add("12", {});
  document.dispatchEvent(new CustomEvent("bleib:cart"));
  for (const name of ["wc-blocks_added_to_cart", "wc_update_cart", "wc_fragment_refresh"])
    expect(heard).toContain(name);
  await bleib().cart.change(KEY, 0);
  document.dispatchEvent(new CustomEvent("bleib:cart"));
  expect(heard).toContain("wc-blocks_removed_from_cart");
});

test("a note goes to the plugin, and an older one that takes none is no failure", async () => {
  shopAnswers([200, cartOf()], [200, cartOf()], [400, problem("woocommerce_rest_cart_extensions")]);
  await bleib().cart.note?.("7.3a");
  expect(calls[1]?.path).toMatch(/cart\/extensions$/);
  expect(calls[1]?.body).toEqual({ namespace: "bleib", data: { note: "7.3a" } });
  expect(await bleib().cart.note?.("7.3a")).toBeUndefined();
});

test("what the loader has set is kept", async () => {
  vi.resetModules();
  const consent = vi.fn();
  page.bleib = { consent };
  await import("./woocommerce.ts");
  expect(bleib().consent).toBe(consent);
  expect(bleib().cart.read).toBeTypeOf("function");
});

/** What reaches the loader when a consent tool speaks. */
function told(type: string | undefined, given: Record<string, boolean>): unknown {
  const consent = vi.fn();
  Object.assign(bleib(), { consent });
  page.wp_consent_type = type;
  page.wp_has_consent = (category: string) => given[category] === true;
  document.dispatchEvent(new CustomEvent("wp_listen_for_consent_change"));
  return consent.mock.lastCall?.[0];
}

test("consent comes from WordPress where visitors have to opt in", () => {
  const all = { functional: true, preferences: true };
  expect(told("optin", all)).toEqual({ necessary: true, preferences: true });
  expect(told("optinstats", { functional: true })).toEqual({ necessary: true, preferences: false });
});

test.each(["optout", "", undefined])("%o is no consent, whatever WordPress answers", (type) => {
  const all = { functional: true, preferences: true };
  expect(told(type, all)).toEqual({ preferences: false });
});

test("without the interface of WordPress the shop speaks for itself", () => {
  const consent = vi.fn();
  Object.assign(bleib(), { consent });
  document.dispatchEvent(new CustomEvent("wp_consent_type_defined"));
  expect(consent).not.toHaveBeenCalled();
});
