import { describe, expect, it } from "vitest";
import { day } from "./dates.ts";
import { merchant, money, parts, say } from "./say.ts";
import { hostOf } from "./testing.ts";

const N = "\u00a0";
const german = hostOf("cross_sell", {});
const english = { ...german, lang: "en" };
const swiss = hostOf("cross_sell", {}, { locale: "de-CH" });
const austrian = hostOf("cross_sell", {}, { locale: "de-AT" });

describe("words", () => {
  it("are filled, elements included, and unknown places stay", () => {
    const bold = document.createElement("b");
    expect(parts(german, "An {mail}: {x}", { mail: bold })).toEqual(["An ", bold, ": ", "{x}", ""]);
    const told = { ...german, texts: { live: "{item} ist im Warenkorb." } };
    expect(say(told, "live", { item: "Tee" })).toBe("Tee ist im Warenkorb.");
    expect(say(german, "no.such.text")).toBe("");
  });

  it("are written with ss in Switzerland", () => {
    expect(parts(swiss, "Größe", {}).join("")).toBe("Grösse");
  });

  it("of the merchant come in the page's language, else in another, else not at all", () => {
    expect(merchant(german, { de: "Hallo", en: "Hello" })).toBe("Hallo");
    expect(merchant(german, { de: "", en: "Hello" })).toBe("Hello");
    for (const value of [null, undefined, {}, 3, { de: 3 }])
      expect(merchant(german, value)).toBe("");
  });
});

describe("money", () => {
  const euros = { amount: "5.00", currency: "EUR" };

  it("is written as the country writes it", () => {
    expect(money(german, euros)).toBe(`5,00${N}€`);
    expect(money(german, euros, true)).toBe(`5${N}€`);
    expect(money(german, { ...euros, amount: "7.50" }, true)).toBe(`7,50${N}€`);
    expect(money(austrian, euros, true)).toBe(`5${N}€`);
    expect(money(english, euros, true)).toBe("€5");
    expect(money(swiss, { amount: "12.40", currency: "CHF" })).toBe(`CHF${N}12.40`);
  });

  it("is written as Intl would, which is too slow to be asked", () => {
    for (const [host, locale] of [
      [german, "de"],
      [swiss, "de-CH"],
      [english, "en-GB"],
    ] as const)
      for (const currency of ["EUR", "CHF", "PLN"])
        for (const amount of ["0.00", "12.40", "1234567.89"])
          expect(money(host, { amount, currency })).toBe(
            new Intl.NumberFormat(locale, { style: "currency", currency })
              .format(+amount)
              // Which of the two the Swiss group with depends on the age of the tables.
              .replaceAll("'", "’"),
          );
  });
});

describe("dates", () => {
  it("are told in full, with the day kept together", () => {
    expect(day(german, "2026-11-23")).toBe(`Montag, 23.${N}November`);
    expect(day(english, "2026-11-23")).toBe(`Monday, 23${N}November`);
    expect(day(austrian, "2026-01-07")).toBe(`Mittwoch, 7.${N}Jänner`);
  });

  it("are those of the shop, wherever the shopper is", () => {
    const shop = { ...german.shop, zone: "Pacific/Auckland" };
    expect(day({ ...german, shop }, "2026-11-23T16:20:00Z")).toBe(`Dienstag, 24.${N}November`);
  });
});
