import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Rule } from "./contract.ts";
import { MOMENTS } from "./groups.ts";
import { type Facts, holds } from "./rules.ts";

interface Case {
  readonly rule: Rule;
  readonly facts: Facts;
  readonly holds: boolean;
}

// The cases that say what rules mean, for the app and for the browser alike.
const file = join(import.meta.dirname, "../../tests/widgets/rules.json");
const CASES = JSON.parse(readFileSync(file, "utf8")) as Case[];

describe("a rule", () => {
  it.each(CASES)("$rule over $facts", ({ rule, facts, holds: expected }) => {
    expect(holds(rule, facts)).toBe(expected);
  });
});

it("a pattern of many stars is decided at once, and does not freeze a page", () => {
  const url = `/${"a".repeat(2000)}`;
  const begun = performance.now();
  expect(holds(["url", "*a*a*a*a*a*a*a*a*b"], { url })).toBe(false);
  expect(holds(["url", "*a*a*a*a*a*a*a*a*a"], { url })).toBe(true);
  expect(performance.now() - begun).toBeLessThan(1000);
});

describe("a rule about what has not happened yet", () => {
  const exit: Rule = ["exit", "desktop"];
  const maybe = (rule: Rule, facts: Facts = {}) => holds(rule, facts, MOMENTS);

  it("may hold as soon as everything else does", () => {
    expect(maybe(exit)).toBe(null);
    expect(maybe(["not", exit])).toBe(null);
    expect(maybe(["all", exit, ["seconds", 5]], { seconds: 6 })).toBe(null);
    expect(maybe(["all", exit, ["seconds", 5]], { seconds: 4 })).toBe(false);
    expect(maybe(["any", exit, ["seconds", 5]], { seconds: 6 })).toBe(true);
    expect(maybe(["any", exit, ["seconds", 5]], { seconds: 4 })).toBe(null);
  });
});
