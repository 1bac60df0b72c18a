import { describe, expect, it, vi } from "vitest";
import type { CartHook, CartItem } from "../_runtime/contract.ts";
import { drawn, hostOf, settled } from "../_runtime/testing.ts";
import start from "./storefront.ts";

const EUR = (amount: string) => ({ amount, currency: "EUR" });
const item = {
  product: "21",
  variant_number: "211",
  title: "Untersetzer Filz",
  url: "/products/untersetzer",
  image: null,
  price: EUR("13.50"),
  reason: { kind: "together", with: "Teeschale Ruß", text: "Wird oft mit Teeschale Ruß bestellt" },
  mark: "r12",
};
const kind = (number: string, title: string, available = true, amount = "16.90") => ({
  variant_number: number,
  title,
  available,
  price: EUR(amount),
});
const SIZES = [kind("36", "36–38"), kind("39", "39–41"), kind("42", "42–44", false)];
const socks = { ...item, product: "22", title: "Einlegesohle", from: "ab 14,90 €" };
const sized = { ...socks, choice: { name: "Größe", of: SIZES } };
const answer = (...items: unknown[]) => ({ status: 200, data: { items } });

/** A cart that holds article 7, and everything that was done to it. */
function cart(line: CartItem | undefined) {
  const done: unknown[] = [];
  const lines: CartItem[] = [{ key: "a", product_id: "7", quantity: 1, price: "20" }];
  const hook: CartHook = {
    read: async () => ({ items: [...lines] }),
    add: async (...what) => {
      done.push(what);
      if (line) lines.push(line);
      return line;
    },
    change: async (...what) => done.push(what),
  };
  return { hook, done, lines };
}

const LINE = { key: "k", product_id: "21", quantity: 3 };
type Given = Parameters<typeof hostOf>;
async function started(items: unknown[], settings: Given[1] = {}, line: CartItem | null = LINE) {
  const { hook, done, lines } = cart(line ?? undefined);
  const ending = new AbortController();
  const made = hostOf("cross_sell", settings, { answer: answer(...items), cart: hook });
  const host = { ...made, signal: ending.signal };
  const close = await start(host);
  const root = () => drawn(host);
  const rows = () => [...root().querySelectorAll<HTMLElement>("li")];
  const press = async (name: string, row = 0) => {
    const keys = rows()[row]?.querySelectorAll<HTMLElement>("button") ?? [];
    [...keys].find((key) => `${key.ariaLabel}`.startsWith(name))?.click();
    await settled();
  };
  return { host, root, rows, press, done, lines, close, ending };
}

describe("suggestions", () => {
  it("are asked for by what is in the cart and limited as set", async () => {
    const { host, rows } = await started([item, { ...item, product: "23" }], { limit: 1 });
    expect(host.seen.asked).toEqual([
      ["suggestions?cart=7&place=cart&lang=de&total=20.00", undefined],
    ]);
    expect(rows()).toHaveLength(1);
  });

  it("are not held against a total in another currency", async () => {
    const { hook } = cart(LINE);
    const asked = async (currency: string) => {
      const { items = [] } = (await hook.read()) ?? {};
      const made = hostOf(
        "cross_sell",
        {},
        {
          answer: answer(item),
          cart: { ...hook, read: async () => ({ items, currency }) },
        },
      );
      await start(made);
      return `${made.seen.asked[0]?.[0]}`;
    };
    expect(await asked("JPY")).toBe("suggestions?cart=7&place=cart&lang=de");
    expect(await asked("EUR")).toContain("total=20.00");
  });

  it("may go by what a shopper had before, where the shop vouches for them", async () => {
    const { hook } = cart(LINE);
    const made = hostOf("cross_sell", {}, { answer: answer(item), cart: hook });
    await start({ ...made, person: { id: "7", hash: "h", subscriber: true } as never });
    expect(made.seen.asked).toEqual([
      [
        "suggestions",
        {
          cart: [{ product: "7", quantity: 1 }],
          place: "cart",
          lang: "de",
          total: "20.00",
          customer: { id: "7", hash: "h" },
        },
      ],
    ]);
  });

  it("go by the cart alone where the shop's word does not hold", async () => {
    const { hook } = cart(LINE);
    const made = hostOf("cross_sell", {}, { cart: hook });
    const asked: string[] = [];
    const api = async (path: string) => {
      asked.push(path);
      return path === "suggestions" ? { status: 401, data: null } : answer(item);
    };
    await start({ ...made, api, person: { id: "7", hash: "wrong" } });
    expect(asked).toEqual(["suggestions", "suggestions?cart=7&place=cart&lang=de&total=20.00"]);
    expect(drawn(made).querySelectorAll("li")).toHaveLength(1);
  });

  it("are put in with their mark and taken back by exactly one piece", async () => {
    const { press, done, host } = await started([item]);
    await press("Hinzufügen");
    await press("Rückgängig");
    expect(done).toEqual([
      ["211", { _bleib: "cross_sell:5:r12" }],
      ["k", 2],
    ]);
    expect(host.seen.events).toEqual(["add", "item_add r12 21", "item_undo r12 21"]);
  });

  it("say why in the app's words, and the price of a litre where there is one", async () => {
    const { rows } = await started([{ ...item, unit: "27,00 €/l" }]);
    const [row] = rows();
    expect(row?.textContent).toContain("Wird oft mit Teeschale Ruß bestellt");
    expect(row?.textContent).toContain("13,50\u00a0€ · 27,00 €/l");
  });

  it("name an earlier price in the app's words, and none without them", async () => {
    const before = "Niedrigster Preis der letzten 30 Tage: 16,90 €";
    const other = { ...item, product: "23", compare_at: "29.00" };
    const { rows } = await started([{ ...item, before }, other]);
    expect(rows()[0]?.textContent).toContain(before);
    expect(rows()[1]?.textContent).not.toContain("29");
  });

  it("that the shop does not sell any more are called sold out", async () => {
    const { press, rows, host } = await started([item], {}, null);
    await press("Hinzufügen");
    expect(rows()[0]?.textContent).toContain("Gerade ausverkauft");
    expect(host.seen.events).toEqual([]);
  });

  it.each([
    [answer()],
    [answer({ ...item, reason: {} })],
    [answer({ ...item, reason: { kind: "together", with: "Teeschale" } })],
    [{ status: 500, data: null }],
    [{ status: 0, data: null }],
  ])("without a true one draw nothing: %j", async (given) => {
    const host = hostOf("cross_sell", {}, { answer: given, cart: cart(LINE).hook });
    expect(await start(host)).toBeUndefined();
    expect(host.placement?.childElementCount).toBe(0);
  });

  it("need a cart to look into", async () => {
    const host = hostOf("cross_sell", {}, { answer: answer(item) });
    expect(await start({ ...host, shop: { ...host.shop, cart: "none" } })).toBeUndefined();
    expect(host.seen.asked).toEqual([]);
  });

  it("stay away from places that the merchant did not choose", async () => {
    const { host, close } = await started([item], { places: ["drawer"] });
    expect(close).toBeUndefined();
    expect(host.seen.asked).toEqual([]);
  });

  it("show nobody anything who is held out, and draw nothing", async () => {
    const { hook } = cart(LINE);
    const made = hostOf("cross_sell", {}, { answer: answer(item), cart: hook });
    const close = await start({ ...made, arm: "0" });
    expect(close).toBeTypeOf("function");
    expect(made.placement?.childElementCount).toBe(0);
  });
});

describe("an article of several kinds", () => {
  it("is put in only once one was chosen, and says so at the choice", async () => {
    const { press, done, rows } = await started([sized]);
    const [row] = rows();
    expect(row?.textContent).toContain("ab 14,90 €");
    await press("Hinzufügen");
    expect(done).toEqual([]);
    expect(row?.textContent).toContain("Bitte wählen Sie zuerst eine Größe.");
    const list = row?.querySelector("select") as HTMLSelectElement;
    expect(list.ariaInvalid).toBe("true");
    expect(list.getRootNode()).toHaveProperty("activeElement", list);
    list.value = "1";
    list.dispatchEvent(new Event("change", { bubbles: true }));
    expect(row?.textContent).not.toContain("Bitte");
    expect(row?.textContent).toContain("16,90");
    await press("Hinzufügen");
    expect(done).toEqual([["39", { _bleib: "cross_sell:5:r12" }]]);
  });

  it("offers two side by side, none chosen beforehand, and what is sold out not at all", async () => {
    const two = { name: "Farbe", of: [kind("1", "Blau"), kind("2", "Ziegel", false)] };
    const { rows } = await started([{ ...socks, choice: two }]);
    const inputs = [...(rows()[0]?.querySelectorAll("input") ?? [])];
    expect(inputs.map(({ checked, disabled }) => [checked, disabled])).toEqual([
      [false, false],
      [false, true],
    ]);
  });

  it("says which kind is sold out meanwhile, and goes on with the others", async () => {
    const { press, rows } = await started([sized], {}, null);
    const list = rows()[0]?.querySelector("select") as HTMLSelectElement;
    list.value = "0";
    list.dispatchEvent(new Event("change", { bubbles: true }));
    await press("Hinzufügen");
    expect(rows()[0]?.textContent).toContain("36–38: gerade ausverkauft");
    expect([list.value, list.options[1]?.disabled]).toEqual(["", true]);
  });
});

describe("the number of pieces", () => {
  it("is changed beside the undo, which takes all of them out again", async () => {
    const { press, done, host } = await started([item], { quantity: true });
    await press("Hinzufügen");
    await press("Ein Stück mehr");
    await press("Ein Stück mehr");
    await press("Ein Stück weniger");
    await press("Rückgängig");
    expect(done.slice(1)).toEqual([
      ["k", 4],
      ["k", 5],
      ["k", 4],
      ["k", 2],
    ]);
    expect(host.seen.events.filter((one) => one.includes("add"))).toHaveLength(2);
  });
});

describe("free shipping", () => {
  const meter = (host: { placement: HTMLElement | null }) =>
    host.placement?.firstElementChild?.shadowRoot;

  it("is told of with what is missing, and with every change of the cart", async () => {
    const { host, lines } = await started([item], { free_shipping_from: "32.40" });
    expect(meter(host)?.textContent).toContain("Noch 12,40\u00a0€ bis zum kostenlosen Versand");
    expect(meter(host)?.querySelector("[role=progressbar]")?.ariaValueNow).toBe("61");
    const items = [...lines, { ...LINE, price: "10" }];
    document.dispatchEvent(new CustomEvent("bleib:cart", { detail: { items } }));
    expect(meter(host)?.textContent).toContain("Der Versand ist kostenlos.");
  });

  it("is not guessed at where the cart is in another currency", async () => {
    const { hook } = cart(LINE);
    const read = async () => ({ items: [], total: 10, currency: "CHF" });
    const settings = { free_shipping_from: "32.40" };
    const host = hostOf("cross_sell", settings, {
      answer: answer(),
      cart: { ...hook, read },
    });
    expect(await start(host)).toBeUndefined();
    expect(host.placement?.childElementCount).toBe(0);
  });
});

describe("what others do to the cart", () => {
  it("renews what is suggested, but not a row that was put in", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const tin = { ...item, product: "23", title: "Teedose" };
      const spoon = { ...item, product: "24", title: "Löffel" };
      const { hook, lines } = cart(LINE);
      let next = answer(item, tin);
      const host = hostOf("cross_sell", {}, { cart: hook });
      await start({ ...host, api: async () => next });
      const titles = () =>
        [...drawn(host).querySelectorAll("li .name")].map((one) => one.textContent);
      drawn(host).querySelector<HTMLElement>("li .bt")?.click();
      await vi.advanceTimersByTimeAsync(1);
      next = answer(spoon);
      lines.push({ key: "b", product_id: "23", quantity: 1 });
      document.dispatchEvent(new CustomEvent("bleib:cart"));
      await vi.advanceTimersByTimeAsync(500);
      expect(titles()).toEqual(["Untersetzer Filz", "Löffel"]);
    } finally {
      vi.useRealTimers();
    }
  });
});
