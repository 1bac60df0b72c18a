import { describe, expect, it } from "vitest";
import type { CartHook } from "../_runtime/contract.ts";
import { drawn, hostOf, settled } from "../_runtime/testing.ts";
import start from "./storefront.ts";

const item = {
  variant_number: "211",
  title: "Untersetzer Filz",
  url: "/products/untersetzer",
  image: null,
  price: { amount: "13.50", currency: "EUR" },
  reason: { kind: "together", with: "Teeschale Ruß" },
};
const answer = (...items: unknown[]) => ({ status: 200, data: { items } });

function cart(line: { key: string; product_id: string; quantity: number } | undefined) {
  const done: unknown[] = [];
  const hook: CartHook = {
    read: async () => ({ items: [{ key: "a", product_id: "7", quantity: 1 }] }),
    add: async (...what) => {
      done.push(what);
      return line;
    },
    change: async (...what) => done.push(what),
  };
  return { hook, done };
}

const LINE = { key: "k", product_id: "21", quantity: 3 };
const press = (host: Parameters<typeof drawn>[0], at = 0) => {
  drawn(host).querySelectorAll<HTMLButtonElement>("li .bt")[at]?.click();
  return settled();
};

describe("suggestions", () => {
  it("are asked for by what is in the cart and limited as set", async () => {
    const { hook } = cart(LINE);
    const host = hostOf("cross_sell", { limit: 1 }, { answer: answer(item, item), cart: hook });
    await start(host);
    expect(host.seen.asked).toEqual([["suggestions?cart=7&lang=de", undefined]]);
    expect(drawn(host).querySelectorAll("li")).toHaveLength(1);
  });

  it("are put in and taken back by exactly one piece", async () => {
    const { hook, done } = cart(LINE);
    const host = hostOf("cross_sell", {}, { answer: answer(item), cart: hook });
    await start(host);
    await press(host);
    await press(host);
    expect(done).toEqual([
      ["211", { _bleib: "cross_sell:5" }],
      ["k", 2],
    ]);
    expect(host.seen.events).toEqual(["add"]);
  });

  it("name an earlier price in the app's words, and none without them", async () => {
    const { hook } = cart(LINE);
    const before = "Niedrigster Preis der letzten 30 Tage: 16,90 €";
    const answered = answer({ ...item, before }, { ...item, compare_at: "29.00" });
    const host = hostOf("cross_sell", {}, { answer: answered, cart: hook });
    await start(host);
    const [first, second] = drawn(host).querySelectorAll("li");
    expect(first?.textContent).toContain(before);
    expect(second?.textContent).not.toContain("29");
  });

  it("that the shop does not sell any more are called sold out", async () => {
    const { hook } = cart(undefined);
    const host = hostOf("cross_sell", {}, { answer: answer(item), cart: hook });
    await start(host);
    await press(host);
    expect(drawn(host).querySelector("li")?.textContent).toContain("Gerade ausverkauft");
    expect(host.seen.events).toEqual([]);
  });

  it.each([
    [answer()],
    [answer({ ...item, reason: {} })],
    [{ status: 500, data: null }],
    [{ status: 0, data: null }],
  ])("without a true one draw nothing: %j", async (given) => {
    const { hook } = cart(LINE);
    const host = hostOf("cross_sell", {}, { answer: given, cart: hook });
    expect(await start(host)).toBeUndefined();
    expect(host.placement?.childElementCount).toBe(0);
  });

  it("need a cart to look into", async () => {
    const host = hostOf("cross_sell", {}, { answer: answer(item) });
    expect(await start({ ...host, shop: { ...host.shop, cart: "none" } })).toBeUndefined();
    expect(host.seen.asked).toEqual([]);
  });
});
