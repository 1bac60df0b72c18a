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
