import { beforeEach, describe, expect, it } from "vitest";
import { beStrict, consent, recall, remember } from "./consent.ts";

const keys = () => Object.keys(localStorage).sort();

beforeEach(() => {
  localStorage.clear();
  beStrict(false);
  consent(null);
});

describe("the tiers", () => {
  it("keep what the shopper's own action asks for, and nothing else, while nothing was told", () => {
    for (const key of ["bleib.no", "bleib.ok", "bleib.seen", "bleib.ab", "bleib.was"] as const)
      remember(key, 1);
    expect(keys()).toEqual(["bleib.no", "bleib.ok"]);
    expect(recall("bleib.no")).toBe(1);
  });

  it("keep nothing at all in a strict shop before its consent tool has said so", () => {
    beStrict(true);
    remember("bleib.no", 1);
    expect(keys()).toEqual([]);
    consent({ necessary: true });
    remember("bleib.no", 1);
    expect(recall("bleib.no")).toBe(1);
    expect(recall("bleib.seen")).toBeUndefined();
  });

  it("keep more with a consent to preferences", () => {
    consent({ preferences: true });
    remember("bleib.seen", [1, 2]);
    expect(recall("bleib.seen")).toEqual([1, 2]);
  });

  it("read nothing that the tier does not allow", () => {
    localStorage.setItem("bleib.seen", JSON.stringify([Date.now() + 1e9, [3]]));
    expect(recall("bleib.seen")).toBeUndefined();
  });

  it("forget what is over, and take rubbish for nothing", () => {
    localStorage.setItem("bleib.no", JSON.stringify([Date.now() - 1, 3]));
    expect(recall("bleib.no")).toBeUndefined();
    expect(keys()).toEqual([]);
    localStorage.setItem("bleib.no", "{");
    expect(recall("bleib.no")).toBeUndefined();
  });
});

describe("a withdrawal", () => {
  const everything = () => {
    consent({ preferences: true });
    for (const key of ["bleib.no", "bleib.ok", "bleib.seen", "bleib.ab", "bleib.was"] as const)
      remember(key, 1);
  };

  it.each([
    ["of preferences", { preferences: false }],
    ["of the necessary", { necessary: false }],
    ["that tells nothing more", null],
  ])("%s empties everything at once", (_, told) => {
    everything();
    localStorage.setItem("of.the.shop", "stays");
    consent(told);
    expect(keys()).toEqual(["of.the.shop"]);
  });

  it("that was told on another page empties what that page had kept", () => {
    localStorage.setItem("bleib.no", "[1]");
    localStorage.setItem("bleib.was", "[1]");
    consent({ preferences: false });
    expect(keys()).toEqual([]);
  });

  it("leaves the shopper's next action free to be remembered", () => {
    everything();
    consent({ preferences: false });
    remember("bleib.no", 2);
    expect(keys()).toEqual(["bleib.no"]);
  });

  it("is none where nothing had been allowed", () => {
    remember("bleib.no", 2);
    consent({ preferences: false });
    expect(recall("bleib.no")).toBe(2);
  });
});
