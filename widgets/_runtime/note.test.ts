import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Cart } from "./contract.ts";
import type { Life } from "./life.ts";
import { settled } from "./testing.ts";

const WHOLE = { id: 0, version: 0, holdout: 5, arms: [["-", 5]] };
const asked: unknown[] = [];
let cart: { item_count: number; attributes: Record<string, string> };
let ending: AbortController;

/** Shopify's cart, as far as a note asks for it. */
const call = async (path: string, body?: { attributes: Record<string, string> }) => {
  asked.push(body ? [path, body.attributes] : path);
  Object.assign(cart.attributes, body?.attributes);
  return cart as never;
};

function pageOf(
  more: Record<string, unknown> = {},
  met: Record<number, string> = { 7: "withheld" },
) {
  return {
    tag: document.createElement("script"),
    trial: "",
    signal: ending.signal,
    view: { met },
    cart: () => null,
    shop: {
      cart: "shopify",
      whole: WHOLE,
      campaigns: [
        { id: 7, version: 3 },
        { id: 12, version: 1 },
      ],
    },
    ...more,
  } as unknown as Life;
}

const arms = (arm = "-") => (() => arm) as never;
const load = () => import("./note.ts");
const page = window as unknown as { bleib?: { note?: () => string } };

beforeEach(() => {
  vi.resetModules();
  asked.length = 0;
  cart = { item_count: 1, attributes: {} };
  ending = new AbortController();
  page.bleib = {};
  Object.defineProperty(navigator, "webdriver", { value: false, configurable: true });
});
afterEach(() => ending.abort());

test("the first word on a campaign stands, and what is no note is left out", async () => {
  const { together } = await load();
  expect(together("0.0a,7.3b", "7.4-,12.1a,0.0-")).toBe("0.0a,7.3b,12.1a");
  expect(together("<b>,7.3,x.1a", "12.1h")).toBe("12.1h");
  expect(together("", "")).toBe("");
});

test("a cart that is there gets the arms of what was counted here, and nothing else", async () => {
  const { keep } = await load();
  keep(pageOf({}, { 0: "withheld", 7: "withheld" }), arms(), call as never);
  await settled();
  expect(asked).toEqual(["", ["/update", { _bleib: "0.0-,7.3-" }]]);
  expect(page.bleib?.note?.()).toBe("0.0-,7.3-");
});

test("what the cart says already stays, and is not written again", async () => {
  cart.attributes._bleib = "7.3a";
  const { keep } = await load();
  keep(pageOf(), arms(), call as never);
  await settled();
  expect(asked).toEqual([""]);
  keep(pageOf({}, { 12: "" }), arms("0"), call as never);
  await settled();
  expect(cart.attributes._bleib).toBe("7.3a,12.1-");
});

test("without a cart nothing is written until one comes to be", async () => {
  cart.item_count = 0;
  const { keep } = await load();
  vi.useFakeTimers();
  keep(pageOf(), arms(), call as never);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toEqual([""]);
  cart.item_count = 2;
  document.dispatchEvent(new CustomEvent("bleib:cart"));
  await vi.advanceTimersByTimeAsync(500);
  expect(cart.attributes).toEqual({ _bleib: "7.3-" });
  const before = asked.length;
  document.dispatchEvent(new CustomEvent("bleib:cart"));
  await vi.advanceTimersByTimeAsync(500);
  expect(asked).toHaveLength(before);
  vi.useRealTimers();
});

test("where the page says that the cart is empty, the shop is not asked", async () => {
  const page = pageOf();
  page.tag.dataset.cart = "0";
  (await load()).keep(page, arms(), call as never);
  await settled();
  expect(asked).toEqual([]);
});

test("a shop with a cart of its own is handed the note, if it takes one", async () => {
  const note = vi.fn(async () => {});
  const read = async () => ({ items: [{ key: "k" }] }) as unknown as Cart;
  const { keep } = await load();
  keep(pageOf({ cart: () => ({ read, note }) }), arms("b"), call as never);
  keep(pageOf({ cart: () => ({ read }) }), arms("b"), call as never);
  await settled();
  expect(note.mock.calls).toEqual([["7.3b"]]);
  expect(asked).toEqual([]);
});

test("nothing is noted of what is only tried, or of a machine", async () => {
  const { keep } = await load();
  keep(pageOf({ trial: "why" }), arms(), call as never);
  Object.defineProperty(navigator, "webdriver", { value: true });
  keep(pageOf(), arms(), call as never);
  await settled();
  expect(asked).toEqual([]);
  expect(page.bleib?.note).toBeUndefined();
});

test("a cart that does not answer harms nothing, and is asked again later", async () => {
  const { keep } = await load();
  const broken = vi.fn(async () => Promise.reject(new Error("down")));
  keep(pageOf(), arms(), broken as never);
  await settled();
  keep(pageOf(), arms(), call as never);
  await settled();
  expect(cart.attributes).toEqual({ _bleib: "7.3-" });
});
