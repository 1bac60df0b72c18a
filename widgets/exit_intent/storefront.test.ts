import { beforeEach, describe, expect, it } from "vitest";
import { hostOf, settled } from "../_runtime/testing.ts";
import start from "./storefront.ts";

const settings = {
  voucher: {
    enabled: true,
    kind: "amount",
    value: "5.00",
    minimum: "40.00",
    days: 30,
    exclusions: null,
  },
};
const root = () => document.body.lastElementChild?.shadowRoot as ShadowRoot;
const press = (name: string) =>
  [...root().querySelectorAll("button")].find((one) => one.textContent === name)?.click();

beforeEach(() => {
  Object.assign(window, {
    innerWidth: 1280,
    innerHeight: 800,
    visualViewport: Object.assign(new EventTarget(), { height: 800, offsetTop: 0 }),
  });
});

describe("the question at the exit", () => {
  it("is opened once, counts itself and leaves on a refusal", () => {
    const host = hostOf("exit_intent", settings);
    const close = start(host);
    expect(start(host)).toBe(close);
    expect(root().querySelector("h2")?.textContent).toBe("Newsletter gegen Gutschein");
    press("Nein danke");
    expect(host.seen.events).toEqual(["impression", "dismissal"]);
    expect(host.seen.refused).toBe(1);
  });

  it("is a nudge on a phone, and nothing on a phone on its side", () => {
    Object.assign(window, { innerWidth: 375 });
    const host = hostOf("exit_intent", settings);
    const close = start(host);
    expect(root().querySelector("input")).toBeNull();
    expect(root().querySelector(".sh")?.hasAttribute("hidden")).toBe(true);
    close?.();
    Object.assign(window, { innerHeight: 360 });
    expect(start(hostOf("exit_intent", settings))).toBeUndefined();
  });

  it("is closed by the shop without counting a refusal", async () => {
    const host = hostOf("exit_intent", settings);
    start(host)?.();
    await settled();
    expect(host.seen.refused).toBe(0);
  });
});
