import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Rule } from "./contract.ts";
import { leaves } from "./groups.ts";
import { senseMore } from "./moments.ts";
import { device, sense } from "./sensors.ts";

let fired = 0;
let soon = 0;
let life: AbortController;
let heard: (Rule | undefined)[];

const EXIT: Rule = ["any", ["exit", "desktop"], ["exit", "phone"]];
const view = { began: 0, deepest: 0 };
const start = (...rules: Rule[]) => {
  const conditions = (rules.length ? rules : [EXIT]).flatMap(leaves);
  const emit = (moment?: Rule) => {
    fired++;
    heard.push(moment);
  };
  const hint = () => soon++;
  sense(JSON.stringify(conditions), emit, hint, life.signal);
  senseMore(conditions, view, emit, hint, life.signal);
};

// Events carry the time at which they happened, so the tests choose it.
const mouse = (name: string, y: number, at: number, to: Element | null = null) => {
  const event = new MouseEvent(name, { clientY: y, relatedTarget: to, bubbles: true });
  Object.defineProperty(event, "timeStamp", { value: at });
  document.body.dispatchEvent(event);
};
const scroll = (y: number, at: number) => {
  Object.assign(window, { scrollY: y });
  const event = new Event("scroll");
  Object.defineProperty(event, "timeStamp", { value: at });
  dispatchEvent(event);
};
const size = (width: number) => {
  Object.assign(window, {
    innerWidth: width,
    innerHeight: 800,
    scrollY: 0,
    matchMedia: () => ({ matches: width < 720 }),
  });
};

beforeEach(() => {
  vi.useFakeTimers();
  fired = soon = 0;
  heard = [];
  Object.assign(view, { began: performance.now(), deepest: 0 });
  life = new AbortController();
  size(1280);
});
afterEach(() => {
  life.abort();
  vi.useRealTimers();
});

const leave = () => {
  mouse("mousemove", 300, 1000);
  mouse("mousemove", 100, 1050);
  mouse("mouseout", -1, 1080);
  vi.advanceTimersByTime(200);
};

describe("on a desktop", () => {
  it("a pointer that goes up and out fires, and its approach is told before", () => {
    start();
    mouse("mousemove", 300, 1000);
    mouse("mousemove", 100, 1050);
    expect([soon, fired]).toEqual([1, 0]);
    mouse("mouseout", -1, 1080);
    vi.advanceTimersByTime(200);
    expect(fired).toBe(1);
  });

  it("a pointer that comes back at once did not leave", () => {
    start();
    mouse("mousemove", 100, 1000);
    mouse("mouseout", -1, 1020);
    mouse("mouseover", 5, 1080);
    vi.advanceTimersByTime(500);
    expect(fired).toBe(0);
  });

  it.each([
    ["onto another element", 100, document.documentElement],
    ["out at the side", 300, null],
  ])("a pointer that goes %s did not leave", (_, y, to) => {
    start();
    mouse("mousemove", 400, 1000);
    mouse("mouseout", y, 1020, to);
    vi.advanceTimersByTime(500);
    expect(fired).toBe(0);
  });

  it("a pointer that had been resting tells nothing", () => {
    start();
    mouse("mousemove", 100, 1000);
    mouse("mouseout", -1, 9000);
    vi.advanceTimersByTime(500);
    expect(fired).toBe(0);
  });

  it("nothing fires where no rule waits for it, nor after the end", () => {
    start(["seconds", 3600], ["exit", "phone"]);
    leave();
    start();
    life.abort();
    leave();
    expect(fired).toBe(0);
  });
});

describe("on a phone", () => {
  beforeEach(() => size(375));

  it("a quick way up after some depth fires", () => {
    start();
    scroll(900, 1000);
    expect(soon).toBe(1);
    scroll(700, 1100);
    scroll(500, 1200);
    expect(fired).toBe(1);
  });

  it.each([
    ["slow", 900, 500, 2000],
    ["short", 900, 750, 50],
    ["near the top", 400, 20, 100],
  ])("a way up that is %s does not", (_, from, to, took) => {
    start();
    scroll(from, 1000);
    scroll(to, 1000 + took);
    expect(fired).toBe(0);
  });

  it("a flick after reading fires, a jump to the top does not", () => {
    start();
    scroll(900, 1000);
    scroll(0, 9000);
    expect(fired).toBe(0);
    scroll(900, 10000);
    for (let n = 1; n < 7; n += 1) scroll(900 - 60 * n, 18000 + 16 * n);
    expect(fired).toBe(1);
  });

  it("coming back to the tab after a while fires, after a glance it does not", () => {
    start();
    const hidden = vi.spyOn(document, "hidden", "get");
    const turn = (value: boolean) => {
      hidden.mockReturnValue(value);
      document.dispatchEvent(new Event("visibilitychange"));
    };
    turn(true);
    vi.advanceTimersByTime(500);
    turn(false);
    vi.advanceTimersByTime(1000);
    expect(fired).toBe(0);
    turn(true);
    vi.advanceTimersByTime(5000);
    turn(false);
    vi.advanceTimersByTime(1000);
    expect(fired).toBe(1);
    hidden.mockRestore();
  });
});

describe("a level", () => {
  it("is told when its time has come on this view", () => {
    start(["all", ["seconds", 5], ["not", ["seconds", 9]]]);
    vi.advanceTimersByTime(4999);
    expect(heard).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(heard).toEqual([undefined]);
    vi.advanceTimersByTime(4000);
    expect(heard).toEqual([undefined, undefined]);
  });

  it("of depth is told now and then while the page is scrolled, and kept", () => {
    Object.defineProperty(document.documentElement, "scrollHeight", {
      value: 2800,
      configurable: true,
    });
    start(["scrolled", 50]);
    for (const y of [200, 400, 1500, 1000]) scroll(y, 10);
    expect(fired).toBe(0);
    vi.advanceTimersByTime(200);
    expect([fired, view.deepest]).toEqual([1, 50]);
    scroll(0, 20);
    vi.advanceTimersByTime(200);
    expect([fired, view.deepest]).toEqual([2, 50]);
  });

  it("of the cart is told when the cart has changed", () => {
    start(["cart_value", 40, null], ["cart_items", 1, null]);
    document.dispatchEvent(new Event("bleib:cart"));
    expect(fired).toBe(2);
  });
});

describe("a moment", () => {
  it("of rest comes after so long without a movement, and again after another one", () => {
    start(["idle", 30]);
    vi.advanceTimersByTime(20_000);
    dispatchEvent(new Event("pointermove"));
    vi.advanceTimersByTime(29_999);
    expect(fired).toBe(0);
    vi.advanceTimersByTime(1);
    expect(heard).toEqual([["idle", 30]]);
    vi.advanceTimersByTime(60_000);
    expect(fired).toBe(1);
    dispatchEvent(new Event("keydown"));
    vi.advanceTimersByTime(30_000);
    expect(fired).toBe(2);
  });

  it("is a click on what was named, and nothing else", () => {
    document.body.innerHTML = "<p class=help><b>?</b></p><i>!</i>";
    start(["clicked", ".help"], ["clicked", "no selector["]);
    document.querySelector("i")?.click();
    expect(heard).toEqual([]);
    document.querySelector("b")?.click();
    expect(heard).toEqual([["clicked", ".help"]]);
  });

  it("is an event of the shop", () => {
    start(["event", "drawer:open"], ["event", "drawer:open"]);
    document.dispatchEvent(new Event("drawer:open"));
    expect(heard).toEqual([["event", "drawer:open"]]);
  });
});

it("what is armed ends with the view, timers included", () => {
  start(EXIT, ["seconds", 5], ["idle", 5], ["scrolled", 1], ["returned"], ["event", "x"]);
  scroll(9, 1);
  life.abort();
  expect(vi.getTimerCount()).toBe(0);
  document.dispatchEvent(new Event("x"));
  expect(fired).toBe(0);
});

it("the conditions of a rule are found in all its groups", () => {
  const rule: Rule = ["all", ["any", ["a"], ["b", 1]], ["not", ["c"]]];
  expect(leaves(rule)).toEqual([["a"], ["b", 1], ["c"]]);
});

it.each([
  [1280, 800, false, "desktop"],
  [600, 800, false, "phone"],
  [375, 812, true, "phone"],
  [812, 375, true, "phone"],
  [820, 1180, true, "tablet"],
])("a window of %i by %i, touched: %s, is a %s", (width, height, touched, kind) => {
  Object.assign(window, {
    innerWidth: width,
    innerHeight: height,
    matchMedia: () => ({ matches: touched }),
  });
  expect(device()).toBe(kind);
});
