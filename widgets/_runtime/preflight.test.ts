import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Answer, CartHook, CartItem } from "./contract.ts";
import start from "./preflight.ts";
import { type FakeHost, hostOf, settled } from "./testing.ts";

const TOLD = {
  state: "missing",
  title: "Gutschein 5 €",
  text: "Noch 12,40 €, dann gilt er.",
  strong: "12,40 €",
  note: "Ab 40 € Warenwert, gültig bis 21. Dezember 2026.",
  share: 69,
  hide: "Ausblenden",
  over: false,
};
const BOWL: CartItem = { key: "1", product_id: 1, quantity: 2, variant: "9", price: "13.80" };

let items: CartItem[] = [];
let changed: (name: string) => void = () => {};
const ended = vi.fn();

// jsdom sees no requests; tests say which ones a shop has made.
class Watch {
  constructor(heard: (list: { getEntries(): object[] }) => void) {
    changed = (name) => heard({ getEntries: () => [{ name }] });
  }
  observe() {}
  disconnect() {
    ended();
  }
}

function host(answer: Partial<Answer> = {}): FakeHost {
  const cart = { read: async () => ({ items }) } as unknown as CartHook;
  const fake = hostOf("cross_sell", {}, { answer: { status: 200, data: TOLD, ...answer }, cart });
  document.body.innerHTML = "<div data-bleib='preflight'></div>";
  return fake;
}

const place = () => document.querySelector("[data-bleib=preflight]");
const section = () => place()?.firstElementChild?.shadowRoot?.querySelector("section");
const words = () => section()?.querySelector("[role=status]")?.textContent;
const come = (end = "#bleib-cart=999999999.12-abc") =>
  history.replaceState(null, "", `/cart${end}`);

beforeEach(() => {
  items = [BOWL];
  localStorage.clear();
  ended.mockClear();
  vi.stubGlobal("PerformanceObserver", Watch);
  come();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("who came with the link reads what is missing, and the address keeps no trace", async () => {
  const fake = host();
  await start(fake);
  expect(words()).toBe(TOLD.text);
  expect(section()?.querySelector("b")?.textContent).toBe("12,40 €");
  expect(section()?.querySelector("[role=progressbar]")?.ariaValueNow).toBe("69");
  expect(location.hash).toBe("");
  expect(fake.seen.asked).toEqual([
    [
      "vouchers/check",
      {
        voucher: "12-abc",
        items: [{ product: "1", variant: "9", quantity: 2, price: "13.80" }],
        currency: "",
        lang: "de",
      },
    ],
  ]);
});

test("on the next page of this browser the voucher is known; without one nothing is asked", async () => {
  await start(host());
  come("");
  const later = host();
  expect(await start(later)).toBeDefined();
  expect(later.seen.asked).toHaveLength(1);
  localStorage.clear();
  const nobody = host();
  expect(await start(nobody)).toBeUndefined();
  expect(nobody.seen.asked).toEqual([]);
});

test("a page without a place for it keeps the voucher and shows nothing", async () => {
  const fake = host();
  document.body.replaceChildren();
  expect(await start(fake)).toBeUndefined();
  expect(localStorage.getItem("bleib.voucher")).toContain("12-abc");
  expect(fake.seen.asked).toEqual([]);
});

test.each([
  ["a voucher that is over is told once and then forgotten", 200, { ...TOLD, over: true }, true],
  ["a link that is none of the shop's is forgotten", 404, null, false],
])("%s", async (_, status, data, seen) => {
  await start(host({ status, data }));
  expect(!!section() && !section()?.hidden).toBe(seen);
  expect(localStorage.getItem("bleib.voucher")).toBeNull();
});

test("an app that does not answer leaves the cart as it is, and the voucher stays known", async () => {
  await start(host({ status: 0, data: null }));
  expect(section()?.hidden).toBe(true);
  expect(localStorage.getItem("bleib.voucher")).not.toBeNull();
});

test("after a change of the cart it asks again, wherever the theme has drawn the place anew", async () => {
  const fake = host();
  await start(fake);
  vi.useFakeTimers();
  changed("https://shop.example/cart.js");
  changed("https://shop.example/cart/change.js");
  changed("https://shop.example/cart/change.js");
  document.body.innerHTML = "<div data-bleib='preflight'></div>";
  await vi.advanceTimersByTimeAsync(500);
  vi.useRealTimers();
  await settled();
  expect(fake.seen.asked).toHaveLength(2);
  expect(words()).toBe(TOLD.text);
  items = [];
  vi.useFakeTimers();
  changed("https://shop.example/cart/change.js");
  await vi.advanceTimersByTimeAsync(500);
  expect(section()?.hidden).toBe(true);
});

test("hiding it forgets the voucher and takes the box away", async () => {
  await start(host());
  section()?.querySelector("button")?.click();
  expect(section()).toBeUndefined();
  expect(localStorage.getItem("bleib.voucher")).toBeNull();
  expect(ended).toHaveBeenCalled();
});
