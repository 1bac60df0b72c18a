import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Host } from "../_runtime/contract.ts";
import { hostOf } from "../_runtime/testing.ts";
import { measure, SILENT } from "./measure.ts";

type Look = (entries: { isIntersecting: boolean; target: Element }[]) => void;
let looks: { node: Element; look: Look }[] = [];

beforeEach(() => {
  looks = [];
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(readonly look: Look) {}
      observe(node: Element) {
        looks.push({ node, look: this.look });
      }
      disconnect() {
        looks = looks.filter(({ look }) => look !== this.look);
      }
    },
  );
});

/** What somebody has on the screen now. */
const sees = (target: Element | null, isIntersecting = true) => {
  for (const { node, look } of [...looks]) if (node === target) look([{ isIntersecting, target }]);
};
const leaves = () => dispatchEvent(new Event("pagehide"));
const BOWL = { product: "4711", mark: "r12" };

function measured(total?: number, more: Partial<Host> = {}) {
  const ending = new AbortController();
  const host = { ...hostOf("cross_sell", {}), signal: ending.signal, ...more };
  return { host, ending, told: host.seen.events, count: measure(host, total) };
}

describe("suggestions are counted", () => {
  it("as shown once they are seen, each article once however often it is drawn", () => {
    const { count, told } = measured();
    const [card, again] = [document.createElement("li"), document.createElement("li")];
    count.card(card, BOWL);
    sees(card, false);
    expect(told).toEqual([]);
    sees(card);
    count.card(again, BOWL);
    sees(again);
    expect(told).toEqual(["item_shown r12 4711"]);
  });

  it("as clicked, added and taken back", () => {
    const { count, told } = measured();
    count.clicked(BOWL);
    count.added(BOWL, 12.5);
    count.undone(BOWL, 12.5);
    expect(told).toEqual(["item_click r12 4711", "item_add r12 4711", "item_undo r12 4711"]);
  });
});

describe("the cart is told of once, when the page is left", () => {
  it("with what it was worth, what it is worth and what came from here", () => {
    const { host, count, told } = measured(49.9);
    sees(host.placement);
    count.added(BOWL, 13.5);
    count.added(BOWL, 13.5);
    count.undone(BOWL, 13.5);
    count.total(63.4);
    told.length = 0;
    leaves();
    leaves();
    expect(told).toEqual(["cart 49.90 63.40 13.50"]);
  });

  it("and not at all without a row on the screen, or where the shop does not tell", () => {
    const { told } = measured(49.9);
    const silent = measured();
    const muted = measured(10);
    for (const { host } of [silent, muted]) sees(host.placement);
    muted.count.total(undefined);
    leaves();
    expect([...told, ...silent.told, ...muted.told]).toEqual([]);
  });

  it("also when the page hides, or Bleib ends", () => {
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    const first = measured(10);
    sees(first.host.placement);
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    expect(first.told).toEqual(["cart 10.00 10.00 0.00"]);
    hidden.mockRestore();
    const second = measured(10);
    sees(second.host.placement);
    second.ending.abort();
    expect(second.told).toEqual(["cart 10.00 10.00 0.00"]);
    expect(looks).toEqual([]);
  });

  it("of those who are held out in the same way, with nothing drawn", () => {
    const { host, count, told } = measured(20, { arm: SILENT });
    const close = count.withheld();
    expect(told).toEqual([]);
    sees(host.placement);
    count.total(25);
    leaves();
    expect(told).toEqual(["withheld", "cart 20.00 25.00 0.00"]);
    expect(host.placement?.childElementCount).toBe(0);
    close();
  });
});
