import { describe, expect, it } from "vitest";
import type { Manners } from "./contract.ts";
import { gates, type Known, silence } from "./gates.ts";

const DAY = 864e5;
const NOW = Date.UTC(2026, 10, 22);
const FREE: Known = {
  now: NOW,
  stopped: false,
  page: "product /products/cup",
  rule: true,
  refused: undefined,
  recontact_days: 30,
  done: undefined,
  subscribed: false,
  seen: [],
  asked: false,
  occupied: "",
  arm: "a",
};
const ago = (days: number) => NOW - days * DAY;
const day = (days: number) => new Date(NOW + days * DAY).toISOString();

const stopped = (known: Partial<Known>, manners: Manners = {}, inline = false) =>
  gates({ ...FREE, ...known }, manners, inline).filter(({ passes }) => !passes);

describe("the gates", () => {
  it("let a campaign through that nothing speaks against, in their order", () => {
    expect(stopped({})).toEqual([]);
    expect(gates(FREE, {}, false).map(({ gate }) => gate)).toEqual(
      "stopped page_type rule recontact quiet cooldown budget page occupied holdout".split(" "),
    );
  });

  it.each<[Partial<Known>, object]>([
    [{ stopped: true }, { gate: "stopped" }],
    [{ page: "checkout" }, { gate: "page_type", detail: "checkout" }],
    [{ page: "x /de/checkouts/cn/1" }, { gate: "page_type", detail: "x /de/checkouts/cn/1" }],
    [{ page: "order /account" }, { gate: "page_type", detail: "order /account" }],
    [{ rule: false }, { gate: "rule" }],
    [{ refused: [1, ago(10)] }, { gate: "recontact", detail: "1", until: day(20) }],
    [{ refused: [2, ago(10)] }, { gate: "recontact", detail: "2", until: day(50) }],
    [{ done: ago(29) }, { gate: "quiet", until: day(1) }],
    [{ subscribed: true }, { gate: "quiet", detail: "subscriber" }],
    [{ seen: [ago(20), ago(6)] }, { gate: "cooldown", until: day(1) }],
    [{ seen: [29, 8, 20].map(ago) }, { gate: "budget", detail: "3", until: day(1) }],
    [{ asked: true }, { gate: "page" }],
    [{ occupied: "consent" }, { gate: "occupied", detail: "consent" }],
    [{ arm: "-" }, { gate: "holdout" }],
  ])("stop at %o", (known, verdict) => {
    expect(stopped(known)).toEqual([{ ...verdict, passes: false }]);
  });

  it.each<Partial<Known>>([
    { refused: [1, ago(31)] },
    { done: ago(31) },
    { seen: [ago(8)] },
    { seen: [31, 32, 33].map(ago) },
    { page: "product", seen: [ago(29), ago(28)] },
    { page: "product /products/checkout-cream" },
    { page: "orders /orders" },
  ])("let through what is over: %o", (known) => {
    expect(stopped(known)).toEqual([]);
  });

  it("keep to the manners of the shop", () => {
    expect(stopped({ seen: [ago(2)] }, { cooldown_days: 1 })).toEqual([]);
    expect(stopped({ seen: [ago(8)] }, { most: 1 })).toMatchObject([{ gate: "budget" }]);
    expect(stopped({ done: ago(40) }, { quiet_days: 60 })).toMatchObject([{ gate: "quiet" }]);
  });

  it("ask a widget inside the page only what concerns it", () => {
    const busy = { page: "checkout", asked: true, occupied: "dialog", done: ago(1), seen: [NOW] };
    expect(stopped(busy, {}, true)).toEqual([]);
    expect(stopped({ refused: [1, NOW] }, {}, true)).toMatchObject([{ gate: "recontact" }]);
  });
});

describe("a dismissal", () => {
  it("is honoured for at least 30 days, twice as long each time, and never for more than a year", () => {
    const days = (times: number, wanted: number) => silence(times, wanted) / DAY;
    expect([days(1, 0), days(1, 7), days(1, 45), days(1, Number.NaN)]).toEqual([30, 30, 45, 30]);
    expect([days(2, 30), days(3, 30), days(9, 30), days(2, 300)]).toEqual([60, 120, 365, 365]);
  });
});
