import { beforeEach, describe, expect, it } from "vitest";
import { consent, followConsent, LEDGER, recall, remember } from "./consent.ts";

beforeEach(() => {
  localStorage.clear();
  consent(null);
});

describe("the tiers", () => {
  it("store and read nothing without consent", () => {
    localStorage.setItem("bleib.no", `${Date.now() + 1e9}`);
    remember("bleib.ok", 30);
    expect(localStorage.getItem("bleib.ok")).toBeNull();
    expect(recall("bleib.no")).toBe(false);
  });

  it("store the strictly necessary in tier 1 and the rest in tier 2 alone", () => {
    consent({ necessary: true });
    remember("bleib.no", 30);
    remember("bleib.seen", 1);
    expect(Object.keys(localStorage)).toEqual(["bleib.no"]);
    consent({ preferences: true });
    remember("bleib.seen", 1);
    expect(recall("bleib.seen")).toBe(true);
  });

  it("delete at once what a withdrawal no longer covers", () => {
    consent({ preferences: true });
    remember("bleib.no", 30);
    remember("bleib.seen", 1);
    consent({ necessary: true });
    expect(Object.keys(localStorage)).toEqual(["bleib.no"]);
    consent({ necessary: false });
    expect(localStorage.length).toBe(0);
  });

  it("forget when the time is over and never keep longer than the ledger says", () => {
    consent({ preferences: true });
    localStorage.setItem("bleib.no", `${Date.now() - 1}`);
    expect(recall("bleib.no")).toBe(false);
    remember("bleib.seen", 1000);
    const until = Number(localStorage.getItem("bleib.seen"));
    expect(until).toBeLessThanOrEqual(Date.now() + LEDGER["bleib.seen"].days * 864e5);
  });

  it("take anything that is not a clear yes for a no", () => {
    for (const given of [undefined, null, {}, { preferences: "yes" }, { necessary: 1 }]) {
      expect(consent(given as never)).toBe(0);
    }
  });
});

describe("the consent tool of the page", () => {
  it("is followed through its event until Bleib is stopped", () => {
    const life = new AbortController();
    followConsent(life.signal);
    const tell = (detail: unknown) =>
      document.dispatchEvent(new CustomEvent("bleib:consent", { detail }));
    tell({ preferences: true });
    remember("bleib.no", 1);
    expect(recall("bleib.no")).toBe(true);
    life.abort();
    tell(null);
    expect(recall("bleib.no")).toBe(true);
  });

  it("is asked at the start where it is already there", () => {
    Object.assign(window, {
      Shopify: { customerPrivacy: { preferencesProcessingAllowed: () => true } },
    });
    followConsent(new AbortController().signal);
    remember("bleib.no", 1);
    expect(recall("bleib.no")).toBe(true);
    Object.assign(window, { Shopify: undefined });
  });
});
