import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ShopConfig } from "./contract.ts";
import { language, variant } from "./texts.ts";

type Value = string | { readonly du: string; readonly sie: string };
type Part = Readonly<Record<string, Value>>;

const load = (path: string) => JSON.parse(readFileSync(join(import.meta.dirname, path), "utf8"));
const WIDGETS = load("../../manifest.json").widgets as string[];
const places = (text: string) => new Set(text.match(/\{\w+\}/g));
const forms = (value: Value) => (typeof value === "string" ? [value] : [value.du, value.sie]);

describe.each(WIDGETS)("the texts of %s", (widget) => {
  const german = load(`../${widget}/texts/de.json`) as Record<string, Part>;
  const english = load(`../${widget}/texts/en.json`) as Record<string, Part>;

  it.each(["merchant", "shopper"])("say the same things in both languages: %s", (part) => {
    expect(Object.keys(english[part] ?? {})).toEqual(Object.keys(german[part] ?? {}));
    for (const [key, value] of Object.entries(english[part] ?? {})) {
      expect(typeof value, key).toBe("string");
    }
  });

  it("have no empty text and no placeholder that only one form knows", () => {
    for (const texts of [german, english]) {
      for (const [key, value] of Object.entries({ ...texts.merchant, ...texts.shopper })) {
        for (const form of forms(value)) expect(form.trim(), key).not.toBe("");
      }
    }
  });

  it("explain every setting in a line", () => {
    for (const texts of [german, english]) {
      for (const [key, value] of Object.entries(texts.merchant ?? {})) {
        if (key.endsWith(".help")) expect(String(value).length, key).toBeLessThanOrEqual(90);
      }
    }
  });

  it("shout nowhere", () => {
    expect(JSON.stringify([german, english])).not.toMatch(/!/);
  });

  it("use no placeholder that the other language never fills", () => {
    for (const [key, value] of Object.entries(english.shopper ?? {})) {
      const known = new Set(
        forms(german.shopper?.[key] ?? "").flatMap((form) => [...places(form)]),
      );
      expect(places(String(value)), key).toEqual(known);
    }
  });
});

describe("the language", () => {
  const shop = { languages: ["de", "en"] } as unknown as ShopConfig;
  const tag = (lang?: string) => {
    const element = document.createElement("script");
    if (lang) element.dataset.lang = lang;
    return element;
  };

  it("is that of the tag, then of the page, then of the shop", () => {
    document.documentElement.lang = "en-GB";
    expect(language(shop, tag("de-AT"))).toBe("de");
    expect(language(shop, tag())).toBe("en");
    document.documentElement.lang = "fr";
    expect(language(shop, tag("it"))).toBe("de");
    expect(language({} as ShopConfig, tag())).toBe("en");
  });

  it("chooses the form of address in German alone", () => {
    const texts = { "de-du": "du", "de-sie": "sie", en: "en" };
    expect(variant(texts, "de", "du")).toBe("du");
    expect(variant(texts, "en", "du")).toBe("en");
    expect(variant({ en: "en" }, "de", "sie")).toBe("en");
    expect(variant({}, "de", "sie")).toBeUndefined();
  });
});
