// The published declarations stand for themselves: a project that has only them can use all of them.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, expectTypeOf, it } from "vitest";
import type * as published from "./bleib.d.ts";
import type * as inner from "./contract.ts";
import type { Told } from "./why.ts";

const TSC = join(import.meta.dirname, "..", "node_modules", ".bin", "tsc");
const USE = `
import type { CartHook, Trace } from "./bleib";
declare const mine: CartHook;
window.bleib ??= {};
window.bleib.cart = mine;
const off = window.bleib.on?.("sign_up", ({ widget, campaign, arm }) => [widget, campaign + 1, arm]);
off?.();
// @ts-expect-error nobody counts this
window.bleib.on?.("bought", () => {});
window.bleib.identify?.({ id: "mara@post.example", hash: "ab" });
window.bleib.consent?.({ preferences: true });
window.bleib.open?.("exit_intent");
document.addEventListener("bleib:dismissal", ({ detail }) => detail.widget.length);
document.addEventListener("bleib:cart", ({ detail }) => detail?.items.length);
export const said = async (): Promise<string[]> => {
  const all: readonly Trace[] = (await window.bleib?.why?.()) ?? [];
  return all.map((one) => one.sentence + one.gates.map(({ until }) => until ?? "").join());
};
`;

let folder = "";
const compile = (use: string): string => {
  writeFileSync(join(folder, "use.ts"), use);
  const options = [
    "--noEmit",
    "--strict",
    "--lib",
    "es2022,dom",
    "--types",
    "",
    "--pretty",
    "false",
  ];
  try {
    execFileSync(TSC, [...options, "use.ts", "bleib.d.ts"], { cwd: folder, encoding: "utf8" });
    return "";
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bleib-types-"));
  copyFileSync(join(import.meta.dirname, "bleib.d.ts"), join(folder, "bleib.d.ts"));
});
afterAll(() => rmSync(folder, { recursive: true }));

it("says what a project may write, and nothing that nobody promised", () => {
  expect(compile(USE)).toBe("");
}, 60_000);

it("is what the runtime does", () => {
  expectTypeOf<inner.CartHook>().toEqualTypeOf<published.CartHook>();
  expectTypeOf<inner.EventKind>().toEqualTypeOf<published.BleibKind>();
  expectTypeOf<Told>().toExtend<published.Trace>();
  expectTypeOf<inner.Gate>().toEqualTypeOf<published.Gate>();
});
