// A page that is open takes away what its shop has stopped, and asks only while it shows something.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Life } from "./life.ts";

const asked = vi.fn();

function life(left: number[] | null, hidden = false) {
  vi.spyOn(document, "hidden", "get").mockReturnValue(hidden);
  asked.mockResolvedValue({ status: 200, data: left && { campaigns: left.map((id) => ({ id })) } });
  const closed: number[] = [];
  const close = (id: number) => () => void closed.push(id);
  const of = {
    api: "https://app.example/v1/abc/",
    shop: { campaigns: [{ id: 1 }, { id: 2 }] },
    states: { 1: "shown", 2: "shown" },
    closers: { 1: close(1), 2: close(2) },
    signal: new AbortController().signal,
    request: asked,
  } as unknown as Life;
  return { of, closed };
}

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
  vi.setSystemTime(0);
  vi.advanceTimersByTime(40_000);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  asked.mockReset();
  document.body.replaceChildren();
});

const look = async (of: Life) => (await import("./stopping.ts")).look(of);

test("what the shop has stopped goes, the rest stays", async () => {
  const { of, closed } = life([2]);
  await look(of);
  expect(asked.mock.calls[0]?.[0]).toBe("https://app.example/v1/config/abc");
  expect(closed).toEqual([1]);
  expect(of.shop.campaigns.map(({ id }) => id)).toEqual([2]);
  expect(of.states[1]).toBe("stopped");
});

test("without an answer everything goes on", async () => {
  const { of, closed } = life(null);
  await look(of);
  expect(closed).toEqual([]);
  expect(of.shop.campaigns).toHaveLength(2);
});

test("a tab in the background asks nothing", async () => {
  const { of } = life([], true);
  await look(of);
  expect(asked).not.toHaveBeenCalled();
});

test("it is asked again only while something is to be seen", async () => {
  const { of } = life([1, 2]);
  const box = document.body.appendChild(document.createElement("div"));
  box.lang = "de";
  const inner = document.createElement("div");
  inner.append(document.createElement("p"));
  box.attachShadow({ mode: "open" }).append(inner);
  expect(await look(of)).toBe(true);
  expect(await look(of)).toBe(true);
  expect(asked).toHaveBeenCalledTimes(1);
  inner.replaceChildren();
  expect(await look(of)).toBe(false);
});
