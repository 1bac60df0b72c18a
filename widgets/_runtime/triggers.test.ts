import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { arm } from "./triggers.ts";

let fired = 0;
let soon = 0;
let life: AbortController;

const start = (trigger: Partial<Parameters<typeof arm>[0]> = {}) =>
  arm(
    { desktop: true, phone: true, min_seconds: 0, ...trigger },
    () => soon++,
    () => fired++,
    life.signal,
  );

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

  it("nothing fires in the first moments, nor where it is switched off, nor after the end", () => {
    start({ min_seconds: 3600 });
    leave();
    start({ desktop: false });
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
