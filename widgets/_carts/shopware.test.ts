import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { CartHook } from "../_runtime/contract.ts";
import { settled as turned } from "../_runtime/testing.ts";

const CUP = "0198a3c4d5e6708192a3b4c5d6e7f801";
const POT = "0198a3c4d5e6708192a3b4c5d6e7f802";
const SIZES = "0198a3c4d5e6708192a3b4c5d6e7f8ff";

// A line as Shopware 6.6 answers it, without what we do not look at.
const line = (id: string, quantity: number, more: object = {}) => ({
  extensions: {},
  payload: { productNumber: "SW-1", parentId: null, options: [], features: [] },
  label: "Tasse",
  cover: { url: "https://s.example/tasse.jpg" },
  price: { unitPrice: 9.5, quantity, totalPrice: 9.5 * quantity },
  quantity,
  type: "product",
  id,
  referencedId: id,
  good: true,
  removable: true,
  stackable: true,
  apiAlias: "cart_line_item",
  ...more,
});

const VOUCHER_LINE = line("promo", 1, { type: "promotion", referencedId: "BLEIB-7", good: false });

interface Asked {
  readonly path: string;
  readonly method: string;
  readonly fields: Record<string, string>;
  readonly ajax: boolean;
}

let asked: Asked[] = [];
let items: object[] = [];
let status = 200;
let html = "";
let take: () => void = () => {};

function shop(input: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  asked.push({
    path: input,
    method: init.method ?? "GET",
    fields: Object.fromEntries(init.body instanceof URLSearchParams ? init.body : []),
    ajax: headers.get("x-requested-with") === "XMLHttpRequest",
  });
  if (init.method === "POST") take();
  if (!input.endsWith(".json")) return Promise.resolve(new Response(html, { status }));
  const token = "a-secret-of-the-session";
  return Promise.resolve(Response.json({ token, lineItems: items, errors: {} }, { status }));
}

const given = window as unknown as {
  bleib?: { cart?: CartHook; consent?: (given: unknown) => void };
  PluginManager?: object;
};

// One change takes up to four questions, one after the other.
async function settled(): Promise<void> {
  for (let question = 0; question < 4; question++) await turned();
}

/** Runs the script anew on a page, as the browser would. */
async function load(data = 'data-root="/de/" data-page="cart"'): Promise<CartHook> {
  document.head.innerHTML = `<script type="text/plain" src="/bundles/bleib/bleib.js?17"
    data-shop="k3y" ${data}></script>`;
  vi.resetModules();
  await import("./shopware.ts");
  await settled();
  return given.bleib?.cart as CartHook;
}

const listeners: [string, EventListener][] = [];

beforeEach(() => {
  asked = [];
  items = [];
  status = 200;
  html = "";
  take = () => {};
  given.bleib = {};
  vi.stubGlobal("fetch", shop);
  // Each load leaves its listeners on the page; the next test must not hear them.
  for (const target of [document, window]) {
    const add = target.addEventListener.bind(target);
    vi.spyOn(target, "addEventListener").mockImplementation((type: string, listener, options) => {
      listeners.push([type, listener as EventListener]);
      add(type, listener as EventListener, options);
    });
  }
});

afterEach(() => {
  for (const [type, listener] of listeners.splice(0)) {
    for (const target of [document, window]) {
      target.removeEventListener(type, listener);
      target.removeEventListener(type, listener, true);
    }
  }
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  sessionStorage.clear();
  history.replaceState(null, "", "/");
  document.head.replaceChildren();
  document.body.replaceChildren();
  // biome-ignore lint/suspicious/noDocumentCookie: the consent manager of the shop writes it so
  document.cookie = "bleib-preferences=; max-age=0";
  delete given.bleib;
  delete given.PluginManager;
});

test("the cart is read from the sales channel of the page, and holds articles alone", async () => {
  items = [line(CUP, 2), VOUCHER_LINE];
  const cart = await load();
  expect(await cart.read()).toEqual({
    items: [
      {
        key: CUP,
        product_id: CUP,
        quantity: 2,
        variant: CUP,
        title: "Tasse",
        image: "https://s.example/tasse.jpg",
        price: "9.5",
      },
    ],
  });
  expect(asked).toEqual([
    { path: "/de/checkout/cart.json", method: "GET", fields: {}, ajax: true },
  ]);
});

test("a variant stands for its article, because that is what orders are compared by", async () => {
  items = [line(CUP, 1, { payload: { parentId: SIZES } })];
  const cart = await load();
  expect((await cart.read())?.items[0]).toMatchObject({ product_id: SIZES, variant: CUP });
});

test("an article is put in with the mark of its suggestion", async () => {
  items = [line(POT, 1)];
  const cart = await load();
  take = () => items.push(line(CUP, 1));
  const added = await cart.add(CUP, { _bleib: "cross_sell:5" });
  expect(added).toMatchObject({ key: CUP, product_id: CUP, quantity: 1 });
  const { path, fields } = asked.find(({ method }) => method === "POST") as Asked;
  expect(path).toBe("/de/checkout/line-item/add");
  expect(fields).toEqual({
    [`lineItems[${CUP}][id]`]: CUP,
    [`lineItems[${CUP}][referencedId]`]: CUP,
    [`lineItems[${CUP}][type]`]: "product",
    [`lineItems[${CUP}][quantity]`]: "1",
    [`lineItems[${CUP}][payload]`]: '{"_bleib":"cross_sell:5"}',
  });
});

test("an article that the shop did not take is nothing, although Shopware answers 200", async () => {
  items = [line(CUP, 3)];
  const cart = await load();
  expect(await cart.add(CUP, {})).toBeUndefined();
  expect(await cart.add(POT, {})).toBeUndefined();
});

test("undoing leads back to what was there, also where six are the least that is sold", async () => {
  const cart = await load();
  take = () => items.push(line(CUP, 6));
  const added = await cart.add(CUP, {});
  expect(added?.quantity).toBe(1);
});

test("a quantity is changed; none of it is taken out", async () => {
  const cart = await load();
  await cart.change(CUP, 2);
  await cart.change(CUP, 0);
  expect(asked.map(({ path, method, fields }) => [path, method, fields])).toEqual([
    [`/de/checkout/line-item/change-quantity/${CUP}`, "POST", { quantity: "2" }],
    [`/de/checkout/line-item/delete/${CUP}`, "POST", {}],
  ]);
});

test("a shop that fails is an error, never an empty cart", async () => {
  const cart = await load();
  status = 500;
  await expect(cart.read()).rejects.toBe(500);
  await expect(cart.add(CUP, {})).rejects.toBe(500);
});

test("after a change the head and the cart's own page are drawn as the shop draws them", async () => {
  const fetched = vi.fn();
  const initializePlugins = vi.fn();
  const getPluginInstances = (name: string) => (name === "CartWidget" ? [{ fetch: fetched }] : []);
  given.PluginManager = { getPluginInstances, initializePlugins };
  document.body.innerHTML = `<div class="checkout-product-table">1</div>
    <div class="checkout-aside-summary">10 €</div><div data-bleib="cross_sell">row</div>`;
  html = `<div class="checkout-product-table">1, 2</div>
    <div class="checkout-aside-summary">25 €</div><div data-bleib="cross_sell"></div>`;
  await load();
  document.dispatchEvent(new CustomEvent("bleib:cart"));
  await settled();
  expect(document.body.textContent?.replace(/\s+/g, " ")).toBe("1, 2 25 €row");
  expect(fetched).toHaveBeenCalledOnce();
  expect(initializePlugins).toHaveBeenCalledOnce();
  // A page's address is refused to what calls itself a script.
  expect(asked.at(-1)).toMatchObject({ path: "/de/checkout/cart", ajax: false });
});

test("a theme without those parts stays as it is", async () => {
  const getPluginInstances = () => {
    throw new Error("The plugin CartWidget is not registered.");
  };
  given.PluginManager = { getPluginInstances, initializePlugins: () => {} };
  document.body.innerHTML = "<p>own theme</p>";
  await load('data-root="/" data-page="product"');
  document.dispatchEvent(new CustomEvent("bleib:cart"));
  await settled();
  expect(document.body.innerHTML).toBe("<p>own theme</p>");
  expect(asked).toEqual([]);
});

test("a voucher link puts the code in at once, and the code leaves the address", async () => {
  items = [line(CUP, 1)];
  history.replaceState(null, "", "/de/?a=1&bleib_voucher=BLEIB-7K");
  const cart = await load('data-root="/de/" data-page="home"');
  expect(cart).toBeDefined();
  // There the shop says what became of it.
  expect(location.pathname + location.search).toBe("/de/checkout/cart");
  expect(asked.map(({ path, fields }) => [path, fields])).toEqual([
    ["/de/checkout/cart.json", {}],
    ["/de/checkout/promotion/add", { code: "BLEIB-7K" }],
  ]);
  expect(sessionStorage.length).toBe(0);
});

test("with an empty cart the code waits in the tab until something is put in", async () => {
  history.replaceState(null, "", "/?bleib_voucher=BLEIB-7K");
  await load('data-root="/" data-page="home"');
  expect(asked.map(({ path }) => path)).toEqual(["/checkout/cart.json"]);
  items = [line(CUP, 1)];
  const drawer = document.createElement("a");
  document.body.append(drawer);
  // As Shopware's drawer says it: on its own element, without bubbling.
  drawer.dispatchEvent(new CustomEvent("offCanvasOpened"));
  await settled();
  expect(asked.at(-1)).toMatchObject({
    path: "/checkout/promotion/add",
    fields: { code: "BLEIB-7K" },
  });
  expect(sessionStorage.length).toBe(0);
});

test("without a voucher nothing is asked and nothing stored", async () => {
  items = [line(CUP, 1)];
  await load('data-root="/" data-page="home"');
  document.dispatchEvent(new CustomEvent("offCanvasOpened"));
  await settled();
  expect(asked).toEqual([]);
  expect(sessionStorage.length).toBe(0);
});

test("what the consent manager allowed is told once the loader is there", async () => {
  const told = vi.fn();
  // biome-ignore lint/suspicious/noDocumentCookie: the consent manager of the shop writes it so
  document.cookie = "bleib-preferences=1";
  await load();
  if (given.bleib) given.bleib.consent = told;
  window.dispatchEvent(new Event("load"));
  expect(told.mock.calls).toEqual([[{ preferences: true }]]);
});

test("a consent given or withdrawn counts at once, whatever the event names", async () => {
  const told = vi.fn();
  given.bleib = { consent: told };
  await load();
  window.dispatchEvent(new Event("load"));
  expect(told).not.toHaveBeenCalled();
  // biome-ignore lint/suspicious/noDocumentCookie: the consent manager of the shop writes it so
  document.cookie = "bleib-preferences=1";
  // "Accept all" in the banner names nothing, because the settings were never opened.
  document.dispatchEvent(new CustomEvent("CookieConfiguration_Update", { detail: {} }));
  // biome-ignore lint/suspicious/noDocumentCookie: the consent manager of the shop writes it so
  document.cookie = "bleib-preferences=; max-age=0";
  const detail = { "bleib-preferences": false };
  document.dispatchEvent(new CustomEvent("CookieConfiguration_Update", { detail }));
  expect(told.mock.calls).toEqual([[{ preferences: true }], [{ preferences: false }]]);
});
