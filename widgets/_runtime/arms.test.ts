import { beforeEach, expect, test, vi } from "vitest";
import type { Campaign } from "./contract.ts";
import type { Life } from "./life.ts";

const CAMPAIGN = {
  id: 33,
  version: 4,
  widget: "exit_intent",
  salt: "x7f3q",
  holdout: 10,
  arms: [
    ["-", 10],
    ["a", 45],
    ["b", 45],
  ],
} as unknown as Campaign;

/** A page of a shopper; `kept` is what the device remembers, undefined where it may not. */
function pageOf(kept?: Map<string, unknown>, person = {}): Life {
  return {
    preview: null,
    trial: "",
    person,
    view: {},
    shop: { campaigns: [CAMPAIGN] },
    recall: (key: string) => kept?.get(key),
    remember: (key: string, value: unknown) => kept?.set(key, value),
  } as unknown as Life;
}

/** The module as a new page loads it. */
const load = () => import("./arms.ts");

beforeEach(() => vi.resetModules());

/** A page of the shopper whose seed this is. */
const seeded = (seed: number) =>
  pageOf(new Map([["bleib.ab", [`${(seed * 2654435761) % 2 ** 32}`, {}]]]));

test("versions are drawn as their weights say, campaigns independently of each other", async () => {
  const { armOf } = await load();
  const other = { ...CAMPAIGN, id: 5, salt: "k2m9d" } as Campaign;
  const seen: Record<string, number> = {};
  for (let seed = 0; seed < 20_000; seed++) {
    const pair = armOf(seeded(seed), CAMPAIGN) + armOf(seeded(seed), other);
    seen[pair] = (seen[pair] ?? 0) + 1;
  }
  const near = (pair: string, share: number) =>
    expect(Math.abs((seen[pair] ?? 0) / 20_000 - share), pair).toBeLessThan(0.012);
  near("--", 0.1);
  for (const pair of ["aa", "ab", "ba", "bb"]) near(pair, 0.225);
  expect(Object.keys(seen)).toHaveLength(5);
});

test("one draw says who sees nothing: the smaller holdouts lie within the larger ones", async () => {
  const { armOf } = await load();
  const small = {
    id: 0,
    version: 0,
    holdout: 4,
    arms: [
      ["-", 4],
      ["a", 96],
    ],
  } as const;
  let held = 0;
  for (let seed = 0; seed < 5_000; seed++) {
    if (armOf(seeded(seed), small) !== "-") continue;
    held++;
    expect(armOf(seeded(seed), CAMPAIGN)).toBe("-");
  }
  expect(Math.abs(held / 5_000 - 0.04)).toBeLessThan(0.01);
});

test("a configuration of before draws each campaign for itself", async () => {
  const { armOf } = await load();
  const { holdout: _, ...before } = CAMPAIGN;
  let held = 0;
  for (let seed = 0; seed < 5_000; seed++) if (armOf(seeded(seed), before) === "-") held++;
  expect(Math.abs(held / 5_000 - 0.1)).toBeLessThan(0.02);
});

test("the same page sees the same arm; without memory each page is drawn anew", async () => {
  const found = new Set<string>();
  for (let page = 0; page < 40; page++) {
    vi.resetModules();
    const { armOf } = await load();
    const life = pageOf(undefined, { id: "7" });
    const arm = armOf(life, CAMPAIGN);
    expect(armOf(life, CAMPAIGN)).toBe(arm);
    found.add(arm);
  }
  expect(found.size).toBeGreaterThan(1);
});

test("where it may be remembered, every page and every device of a known person agree", async () => {
  const arms = new Set<string>();
  for (let device = 0; device < 12; device++) {
    vi.resetModules();
    const { armOf } = await load();
    arms.add(armOf(pageOf(new Map(), { id: "7" }), CAMPAIGN));
  }
  expect(arms.size).toBe(1);
});

test("one draw is one exposure, on as many views and pages as it is remembered", async () => {
  const kept = new Map<string, unknown>();
  const { again } = await load();
  const life = pageOf(kept);
  expect(again(life, CAMPAIGN, "impression")).toBe(false);
  expect(again(life, CAMPAIGN, "dismissal")).toBe(false);
  expect(again(life, CAMPAIGN, "impression")).toBe(false);
  life.view = {} as Life["view"];
  expect(again(life, CAMPAIGN, "impression")).toBe(true);
  expect(again(life, CAMPAIGN, "click")).toBe(true);
  vi.resetModules();
  const next = await load();
  expect(next.again(pageOf(kept), CAMPAIGN, "impression")).toBe(true);
  expect(next.again(pageOf(kept), { ...CAMPAIGN, version: 5 }, "impression")).toBe(false);
});

test("who is held out and opens it all the same is counted once", async () => {
  const { again } = await load();
  const life = pageOf();
  expect(again(life, CAMPAIGN, "withheld")).toBe(false);
  expect(again(life, CAMPAIGN, "impression")).toBe(true);
});

test("a sign-up names the arms of the campaigns that were counted, and no others", async () => {
  const { again, armOf, exposed } = await load();
  const life = pageOf();
  expect(exposed(life)).toEqual({});
  again(life, CAMPAIGN, "withheld");
  expect(exposed(life)).toEqual({ 33: armOf(life, CAMPAIGN) });
});
