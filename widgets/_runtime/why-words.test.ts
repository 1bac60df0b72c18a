// The sentences of the trace, in both languages, and the words of every condition.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Gate, Rule, Trace } from "./contract.ts";
import { gates } from "./gates.ts";
import { MOMENTS as SIGNS } from "./rules.ts";
import de from "./why.de.json";
import en from "./why.en.json";
import { campaignName, condition, MOMENTS, moment, reason, sentence } from "./why-words.ts";

const KNOWN = { now: 0, stopped: false, page: "", rule: true, refused: undefined, done: undefined };
const FREE = {
  recontact_days: 30,
  subscribed: false,
  seen: [],
  asked: false,
  occupied: "",
  arm: "a",
};
const GATES = gates({ ...KNOWN, ...FREE }, {}, false).map(({ gate }) => gate);
const DE = { lang: "de", zone: "Europe/Berlin" };
const EN = { lang: "en", zone: "Europe/Berlin" };
const DECEMBER = `${new Date().getUTCFullYear() + (new Date().getUTCMonth() > 10 ? 1 : 0)}-12-18`;
const UNTIL = "2026-12-18T10:00:00Z";
const NOW = Date.parse("2026-11-22T10:00:00Z");

const trace = (gates: Trace["gates"], more: Partial<Trace> = {}): Trace => ({
  campaign: 3,
  widget: "exit_intent",
  shown: false,
  state: "waiting",
  gates,
  ...more,
});
const stopped = (gate: Gate, more = {}) =>
  trace([
    { gate: "stopped", passes: true },
    { gate, passes: false, ...more },
  ]);

describe("a sentence", () => {
  it("names what stands in the way and until when", () => {
    expect(
      reason(DE, { gate: "recontact", passes: false, until: `${DECEMBER}T10:00:00Z` }),
    ).toMatch(/^Ruhe nach einer Ablehnung bis 18\. Dezember/);
    expect(sentence(EN, stopped("cooldown", { until: `${DECEMBER}T10:00:00Z` }))).toMatch(
      /^not shown: cooldown until 18 Dec/,
    );
  });

  it("says what is shown, and what waits", () => {
    expect(sentence(DE, trace([], { shown: true }))).toBe("gezeigt");
    expect(sentence(EN, trace([]))).toBe("ready, waiting for the next occasion");
    expect(sentence(DE, trace([], { state: "no_placement" }))).toBe(
      "nicht gezeigt: kein Platz dafür auf dieser Seite",
    );
  });

  it("adds the detail that the gate gave", () => {
    expect(sentence(EN, stopped("occupied", { detail: "dialog" }))).toBe(
      "not shown: another window is open",
    );
    expect(sentence(DE, stopped("occupied", { detail: "keyboard" }))).toBe(
      "nicht gezeigt: etwas anderes hat Vorrang",
    );
    expect(sentence(DE, stopped("recontact", { detail: "1" }))).toBe(
      "nicht gezeigt: Ruhe nach einer Ablehnung",
    );
    expect(sentence(EN, stopped("recontact", { detail: "3" }))).toBe(
      "not shown: rest after 3 dismissals",
    );
  });

  it("exists for every gate in both languages", () => {
    for (const gate of GATES)
      for (const speaker of [DE, EN]) {
        expect(sentence(speaker, stopped(gate))).not.toMatch(/stop\.|\{(?!detail)/);
      }
  });

  it("calls each widget by its name", () => {
    const registry = join(import.meta.dirname, "..", "..", "manifest.json");
    for (const widget of JSON.parse(readFileSync(registry, "utf8")).widgets) {
      expect(campaignName(DE, trace([], { widget }))).not.toContain(widget);
      expect(campaignName(EN, trace([], { widget }))).not.toContain(widget);
    }
  });

  it("is written in both languages with the same holes", () => {
    const holes = (text: string) => text.match(/\{\w+\}/g)?.sort() ?? [];
    expect(Object.keys(en)).toEqual(Object.keys(de));
    for (const [key, text] of Object.entries(de)) {
      expect(holes((en as Record<string, string>)[key] ?? ""), key).toEqual(holes(text));
    }
  });
});

describe("a date", () => {
  it("is told in the shop's zone, with the time when it is near and the year when it is far", () => {
    expect(moment(DE, UNTIL, NOW)).toBe("18. Dezember");
    expect(moment(EN, UNTIL, NOW)).toBe("18 Dec");
    expect(moment(DE, "2026-11-22T22:30:00Z", NOW)).toBe("22. November, 23:30 Uhr");
    expect(moment(EN, "2028-01-05T10:00:00Z", NOW)).toBe("5 Jan 2028");
  });

  it("stays as it is where it is none", () => {
    expect(moment(DE, "soon", NOW)).toBe("soon");
  });
});

describe("a condition", () => {
  it.each<[Rule, string, string]>([
    [["exit", "desktop"], "geht gerade (Rechner)", "about to leave (desktop)"],
    [["seconds", 5], "seit 5 s auf dieser Seite", "5 s on this page"],
    [["cart_value", "40.00", null], "Warenwert ab 40.00", "cart value from 40.00"],
    [["cart_items", null, 3], "Stück im Warenkorb: bis 3", "items in the cart: up to 3"],
    [["cart_items", 1, 3], "Stück im Warenkorb: 1 bis 3", "items in the cart: 1 to 3"],
    [["url", "/tee/*", "/kannen"], "Adresse: /tee/*, /kannen", "address: /tee/*, /kannen"],
    [["referrer", ""], "kommt von: direkt", "comes from: direct"],
    [["utm", "source", "mail*"], "source: mail*", "source: mail*"],
    [["subscriber", false], "hat den Newsletter nicht", "does not have the newsletter"],
    [
      ["hours", [1, 5], "09:00", "17:00"],
      "Mo, Fr, 09:00 bis 17:00 Uhr",
      "Mon, Fri, 09:00 to 17:00",
    ],
    [["all", ["returned"]], "alles davon", "all of"],
    [["not", ["returned"]], "nichts davon", "none of"],
  ])("%j is said in words", (rule, german, english) => {
    expect(condition(DE, rule)).toBe(german);
    expect(condition(EN, rule)).toBe(english);
  });

  it("that waits for a sign is the same one that the rules wait for", () => {
    expect(MOMENTS).toEqual(SIGNS);
  });

  it("that is not known has no words", () => {
    expect(condition(DE, ["weather", "rain"])).toBeUndefined();
  });
});
