import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { CartHook } from "../_runtime/contract.ts";
import { hostOf, settled } from "../_runtime/testing.ts";
import { content } from "./question.ts";
import { arrival } from "./question-days.ts";

const SHIPPING = { country: { de: "Österreich", en: "Austria" }, cost: "4.90", free_from: "60.00" };
const FACTS = {
  shipping: SHIPPING,
  delivery: { cutoff: "14:00", min_days: 1, max_days: 1 },
  returns: { days: 30, free: true },
  size: null,
};
const exit = { refuse: vi.fn(), finish: vi.fn(), answered: vi.fn(), bar: false };

const cartWorth = (price: string | undefined) =>
  ({
    read: async () => ({ items: [{ key: "a", product_id: 1, quantity: 2, price }] }),
  }) as unknown as CartHook;

function shown(facts: object = FACTS, price: string | undefined = "13.80") {
  const host = hostOf("exit_intent", { facts }, { cart: cartWorth(price), zone: "Europe/Vienna" });
  const card = content(host, exit)?.[0] as HTMLElement | undefined;
  if (card) document.body.replaceChildren(card);
  const press = (label: string) =>
    [...(card?.querySelectorAll("button") ?? [])].find((one) => one.textContent === label)?.click();
  const text = () => card?.textContent?.replace(/\s+/g, " ") ?? "";
  return { host, card, press, text };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-20T09:00:00Z") });
  for (const one of [exit.refuse, exit.finish, exit.answered]) one.mockClear();
});
afterEach(() => {
  vi.useRealTimers();
});

test("only what the shop has said something about can be asked", () => {
  const { card } = shown();
  const rows = [...(card?.querySelectorAll(".sc button") ?? [])].map((row) => row.textContent);
  expect(rows).toEqual([
    "Die Versandkosten",
    "Wann es ankommt",
    "Ob ich es zurückgeben kann",
    "Ich sehe mich nur um",
  ]);
  expect(shown({ ...FACTS, shipping: null, delivery: null }).card).toBeUndefined();
});

test("the answer stands at the same place, with this very cart, and takes the focus", async () => {
  const { host, card, press, text } = shown();
  await settled();
  press("Die Versandkosten");
  expect(document.activeElement?.textContent).toBe("Versand nach Österreich: 4,90\u00a0€");
  expect(text()).toContain("Ab 60 € kostenlos. Ihr Warenkorb: 27,60 €.");
  expect(text()).toContain("Noch 32,40 € bis zum kostenlosen Versand");
  expect(card?.querySelector<HTMLElement>(".mt div")?.style.width).toBe("46%");
  expect(text()).toContain("binnen 30 Tagen kostenlos zurück");
  expect(host.seen.events).toEqual(["answer_ship"]);
  expect(exit.answered).toHaveBeenCalled();
  expect(host.seen.refused).toBe(1);
  press("Andere Frage");
  expect(document.activeElement?.textContent).toBe("Was fehlt Ihnen noch?");
  press("Ob ich es zurückgeben kann");
  press("Weiter umsehen");
  expect(host.seen.events).toEqual(["answer_ship", "answer_return"]);
  expect(exit.finish).toHaveBeenCalledOnce();
});

test("a cart whose prices are not told is not mentioned", async () => {
  const { press, text } = shown(FACTS, "?");
  await settled();
  press("Die Versandkosten");
  expect(text()).toContain("Ab 60 € kostenlos.");
  expect(text()).not.toContain("Warenkorb:");
});

test("who only looks around is left in peace", () => {
  const { host, card, press, text } = shown();
  press("Ich sehe mich nur um");
  expect(text()).toBe(
    "Gern. Sehen Sie sich in Ruhe um.Wir fragen bei diesem Besuch nicht noch einmal.",
  );
  expect(host.seen.events).toEqual(["answer_look"]);
  card?.querySelector<HTMLElement>(".x")?.click();
  expect(exit.finish).toHaveBeenCalledOnce();
});

test.each([
  // Friday morning, in time; Friday after the hour; Saturday; Thursday night in another zone.
  [
    "2026-11-20T09:00:00Z",
    "Europe/Vienna",
    "heute bis 14 Uhr, kommt es voraussichtlich am Montag, 23.",
  ],
  [
    "2026-11-20T13:30:00Z",
    "Europe/Vienna",
    "bis Montag, 23. November, 14 Uhr, kommt es voraussichtlich am Dienstag, 24.",
  ],
  [
    "2026-11-21T09:00:00Z",
    "Europe/Vienna",
    "bis Montag, 23. November, 14 Uhr, kommt es voraussichtlich am Dienstag, 24.",
  ],
  [
    "2026-11-19T23:30:00Z",
    "Europe/Vienna",
    "heute bis 14 Uhr, kommt es voraussichtlich am Montag, 23.",
  ],
  [
    "2026-11-19T23:30:00Z",
    "America/New_York",
    "bis Freitag, 20. November, 14 Uhr, kommt es voraussichtlich am Montag, 23.",
  ],
])("%s in %s: %s", (now, zone, words) => {
  vi.setSystemTime(new Date(now));
  const host = hostOf("exit_intent", {}, { zone });
  expect(arrival(host, FACTS.delivery).replaceAll("\u00a0", " ")).toContain(words);
});

test("a span is told as one, a half hour as it is", () => {
  const delivery = { cutoff: "12:30", min_days: 2, max_days: 4 };
  const host = hostOf("exit_intent", {}, { zone: "Europe/Vienna" });
  expect(arrival(host, delivery).replaceAll("\u00a0", " ")).toBe(
    "Bestellen Sie heute bis 12:30, kommt es voraussichtlich zwischen Dienstag, 24. November und Donnerstag, 26. November.",
  );
});
