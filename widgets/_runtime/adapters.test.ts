import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { followConsent } from "./adapters.ts";
import type { Consent } from "./consent.ts";
import { settled } from "./testing.ts";

const page = window as unknown as Record<string, unknown>;
let life: AbortController;
let told: Consent[];
let decided: boolean;

const follow = () =>
  followConsent(
    (given) => told.push(given),
    () => decided || told.length > 0,
    life.signal,
  );
const yes = { preferences: true };
const no = { preferences: false };

beforeEach(() => {
  life = new AbortController();
  told = [];
  decided = false;
});
afterEach(() => {
  life.abort();
  for (const name of ["Shopify", "Cookiebot", "UC_UI", "__ucCmp", "__tcfapi", "dataLayer"])
    delete page[name];
});

describe("Shopify's customer privacy", () => {
  it("is asked at once and again after each decision", async () => {
    let answer = "";
    page.Shopify = {
      customerPrivacy: {
        preferencesProcessingAllowed: () => answer === "yes",
        currentVisitorConsent: () => ({ preferences: answer }),
      },
    };
    const decide = (value: string) => {
      answer = value;
      document.dispatchEvent(new CustomEvent("visitorConsentCollected", { detail: {} }));
      return settled();
    };
    follow();
    await settled();
    expect(told).toEqual([]);
    await decide("yes");
    await decide("yes");
    await decide("no");
    expect(told).toEqual([yes, no]);
  });

  it("that was refused on an earlier page says so, unless the shop has said more", async () => {
    page.Shopify = { customerPrivacy: { preferencesProcessingAllowed: () => false } };
    follow();
    await settled();
    expect(told).toEqual([no]);
    told = [];
    decided = true;
    follow();
    await settled();
    expect(told).toEqual([]);
  });

  it("that loads after us is asked when the page has loaded", async () => {
    follow();
    page.Shopify = { customerPrivacy: { preferencesProcessingAllowed: () => true } };
    dispatchEvent(new Event("load"));
    await settled();
    expect(told).toEqual([yes]);
  });
});

describe("Cookiebot", () => {
  it("is followed both ways", async () => {
    const consent = { necessary: true, preferences: false, statistics: true, marketing: true };
    const tool = { consent, hasResponse: false };
    page.Cookiebot = tool;
    follow();
    await settled();
    expect(told).toEqual([]);
    Object.assign(tool, { hasResponse: true });
    consent.preferences = true;
    dispatchEvent(new Event("CookiebotOnAccept"));
    await settled();
    consent.preferences = false;
    dispatchEvent(new Event("CookiebotOnDecline"));
    await settled();
    expect(told).toEqual([yes, no]);
  });
});

describe("Usercentrics", () => {
  it("2 counts only what was decided, not what the merchant has preset", async () => {
    let open = true;
    const consent = { status: true };
    page.UC_UI = {
      isConsentRequired: () => open,
      getServicesBaseInfo: () => [
        { categorySlug: "marketing", consent: { status: true } },
        { categorySlug: "functional", consent },
      ],
    };
    follow();
    await settled();
    expect(told).toEqual([]);
    open = false;
    dispatchEvent(new CustomEvent("UC_UI_CMP_EVENT", { detail: { type: "SAVE" } }));
    await settled();
    consent.status = false;
    dispatchEvent(new CustomEvent("UC_UI_CMP_EVENT", { detail: { type: "DENY_ALL" } }));
    await settled();
    expect(told).toEqual([yes, no]);
  });

  it("3 is asked for its details", async () => {
    const details = {
      consent: { status: "ALL_ACCEPTED", type: "IMPLICIT" },
      categories: { functional: { state: "ALL_ACCEPTED" }, marketing: { state: "ALL_DENIED" } },
    };
    page.__ucCmp = { getConsentDetails: async () => details };
    follow();
    await settled();
    expect(told).toEqual([]);
    details.consent.type = "EXPLICIT";
    dispatchEvent(new Event("UC_CONSENT"));
    await settled();
    details.categories.functional.state = "ALL_DENIED";
    dispatchEvent(new Event("UC_CONSENT"));
    await settled();
    expect(told).toEqual([yes, no]);
  });
});

describe("the framework of the IAB", () => {
  interface Tc {
    readonly eventStatus: string;
    readonly gdprApplies: boolean;
    readonly listenerId: number;
    readonly purpose: { readonly consents: Record<string, boolean> };
    readonly publisher?: { readonly consents: Record<string, boolean> };
  }
  type Listener = (data: Tc, success: boolean) => void;
  const removed: unknown[] = [];
  let listener: Listener | undefined;
  const say = (more: Partial<Tc>) =>
    listener?.(
      {
        eventStatus: "useractioncomplete",
        gdprApplies: true,
        listenerId: 7,
        purpose: { consents: {} },
        ...more,
      },
      true,
    );

  beforeEach(() => {
    page.__tcfapi = (command: string, _: number, heard: Listener, id?: number) => {
      if (command === "addEventListener") listener = heard;
      else removed.push(id);
    };
  });

  it("is heard when it is loaded and after each action, not while its window is open", () => {
    follow();
    say({ eventStatus: "cmpuishown", purpose: { consents: { 1: true } } });
    expect(told).toEqual([]);
    say({ eventStatus: "tcloaded", purpose: { consents: { 1: true } } });
    say({ purpose: { consents: { 1: false } } });
    expect(told).toEqual([yes, no]);
  });

  it("speaks for the shop itself first", () => {
    follow();
    say({ publisher: { consents: { 1: false } }, purpose: { consents: { 1: true } } });
    expect(told).toEqual([no]);
  });

  it("says nothing where it does not apply, and is left when Bleib stops", () => {
    follow();
    say({ gdprApplies: false, purpose: { consents: { 1: true } } });
    expect(told).toEqual([]);
    life.abort();
    say({ purpose: { consents: { 1: true } } });
    expect(told).toEqual([]);
    expect(removed).toEqual([7]);
  });
});

describe("Google's consent mode", () => {
  // The queue holds the arguments of calls, as Google's own snippet writes them.
  const entry = (...values: unknown[]) => {
    const written: Record<string, unknown> = { length: values.length };
    values.forEach((value, index) => {
      written[index] = value;
    });
    return written;
  };
  const update = (states: Record<string, string>) => entry("consent", "update", states);

  it("is read from what was already said and from what is said later", () => {
    const layer: unknown[] = [
      entry("consent", "default", { personalization_storage: "granted" }),
      { event: "gtm.js" },
      update({ personalization_storage: "granted", ad_storage: "denied" }),
    ];
    page.dataLayer = layer;
    follow();
    expect(told).toEqual([yes]);
    layer.push(update({ ad_storage: "granted" }), undefined, "x");
    expect(told).toEqual([yes]);
    layer.push(update({ personalization_storage: "denied" }));
    layer.push(update({ functionality_storage: "granted" }));
    expect(told).toEqual([yes, no, yes]);
    expect(layer).toHaveLength(8);
  });

  it("gets its queue back when Bleib stops", () => {
    const layer: unknown[] = [];
    const push = layer.push;
    page.dataLayer = layer;
    follow();
    life.abort();
    expect(layer.push).toBe(push);
  });
});

it("a tool that fails takes nobody along", async () => {
  page.Cookiebot = { hasResponse: true, consent: { preferences: true } };
  page.Shopify = {
    customerPrivacy: {
      preferencesProcessingAllowed() {
        throw new Error("of the tool");
      },
    },
  };
  follow();
  await settled();
  expect(told).toEqual([yes]);
});

it("what a shop puts into the layer is never its trouble", () => {
  const layer: unknown[] = [];
  page.dataLayer = layer;
  follow();
  const odd = {
    get 0(): string {
      throw new Error("odd");
    },
  };
  for (const entry of [null, 7, "consent", odd, { length: 2 ** 33 }, ["consent", "update"]])
    expect(layer.push(entry)).toBe(layer.length);
  expect(layer).toHaveLength(6);
  expect(told).toEqual([]);
});

it("a layer that nobody may change and an interface that is none take nobody along", async () => {
  page.dataLayer = Object.freeze([["consent", "update", { personalization_storage: "granted" }]]);
  page.__tcfapi = document.createElement("div");
  page.Cookiebot = { hasResponse: true, consent: { preferences: true } };
  expect(follow).not.toThrow();
  await settled();
  expect(told).toContainEqual(yes);
});
