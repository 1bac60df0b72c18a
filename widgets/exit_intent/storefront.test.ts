import { beforeEach, describe, expect, it, vi } from "vitest";
import { hostOf, settled } from "../_runtime/testing.ts";
import { countdown, left } from "./countdown.ts";
import { free } from "./free.ts";
import start from "./storefront.ts";

const VOUCHER = {
  enabled: true,
  kind: "amount",
  value: "5.00",
  minimum: "40.00",
  days: 30,
  exclusions: null,
};
const host = (settings: object, shop = {}) =>
  hostOf(
    "exit_intent",
    { frame: "modal", content: "sign_up", voucher: VOUCHER, ...settings },
    shop,
  );
const root = () => document.body.lastElementChild?.shadowRoot as ShadowRoot;
const find = <E extends Element = HTMLElement>(selector: string) =>
  root()?.querySelector<E>(selector);
const frame = () => find("dialog")?.className;
const press = (name: string) =>
  [...root().querySelectorAll("button")].find((one) => one.textContent === name)?.click();
const screen = (innerWidth: number, innerHeight = 800) =>
  Object.assign(window, { innerWidth, innerHeight });
const gone = () => new Promise((done) => setTimeout(done, 200));

beforeEach(() => {
  screen(1280);
  const view = Object.assign(new EventTarget(), { height: 800, offsetTop: 0 });
  Object.assign(window, { visualViewport: view });
});

describe("the window at the exit", () => {
  it("counts itself and a refusal once, and leaves", async () => {
    const one = host({});
    await start(one);
    expect(find("h2")?.textContent).toBe("Newsletter gegen Gutschein");
    press("Nein danke");
    press("Nein danke");
    expect(one.seen.events).toEqual(["impression", "dismissal"]);
    expect(one.seen.refused).toBe(1);
    await gone();
    expect(root()).toBeNull();
  });

  it("is closed by the shop without counting a refusal", async () => {
    const one = host({ teaser: true });
    (await start(one))?.();
    await gone();
    expect(one.seen.refused).toBe(0);
    expect(root()).toBeNull();
  });

  it("is one at a time, whoever asked for it", async () => {
    await start(host({}));
    await start(host({ frame: "corner" }));
    await gone();
    expect(document.querySelectorAll("body > [lang]")).toHaveLength(1);
  });

  it.each([
    ["modal", 1280, 800, "d c sign_up in"],
    ["corner", 1280, 800, "d n sign_up in"],
    ["sheet", 1280, 800, "d t sign_up in"],
    ["bar", 1280, 800, "d w sign_up in"],
    ["modal", 375, 800, "d t sign_up in"],
    ["corner", 375, 800, "d t sign_up in"],
    ["bar", 375, 800, "d w sign_up in"],
    ["modal", 844, 390, "d w sign_up in"],
    ["sheet", 640, 360, "d w sign_up in"],
  ])("%s on %i × %i is %s", async (wanted, width, height, expected) => {
    screen(width, height);
    await start(host({ frame: wanted }));
    expect(frame()).toBe(expected);
  });

  it("is no bar over something that can be used", async () => {
    const one = host({ frame: "bar" });
    const button = document.body.appendChild(document.createElement("button"));
    button.getBoundingClientRect = () => new DOMRect(600, 760, 200, 30);
    await start(one);
    expect(frame()).toBe("d n sign_up in");
  });

  it("stays away where neither a bar nor anything else has room", async () => {
    screen(844, 390);
    const one = host({});
    const button = document.body.appendChild(document.createElement("button"));
    button.getBoundingClientRect = () => new DOMRect(10, 350, 200, 30);
    expect(await start(one)).toBeUndefined();
    expect(one.seen.events).toEqual([]);
  });

  it("asks shortly first on a phone, and shows the form to whoever wants it", async () => {
    screen(375);
    const one = host({});
    await start(one);
    expect(find("input")).toBeNull();
    expect(find(".sh")?.hidden).toBe(true);
    press("Ja, gern");
    expect(find(".tx")).not.toBeNull();
    expect(find(".sh")?.hidden).toBe(false);
    expect(one.seen.events).toEqual(["impression", "open"]);
  });

  it("says in a bar what is given, and grows into the form where there is room", async () => {
    await start(host({ frame: "bar", title: { de: "Post" } }));
    expect(find("h2")?.textContent).toBe(
      "5\u00a0€ für Ihre erste Bestellung, im Tausch gegen den Newsletter",
    );
    press("Ansehen");
    expect(frame()).toBe("d w sign_up in");
    expect(find(".sh")?.hidden).toBe(true);
  });

  it("becomes a sheet when a bar on a phone is opened", async () => {
    screen(375);
    await start(host({ frame: "bar" }));
    press("Ansehen");
    expect(frame()).toBe("d t sign_up");
  });
});

describe("the window before its moment", () => {
  const drawn = async () => {
    for (let steps = 0; steps < 4; steps++) await settled();
  };
  const waiting = (settings: object) => {
    let show: (value?: unknown) => void = () => {};
    const shown = new Promise((done) => {
      show = done;
    });
    const one = { ...host(settings), shown };
    return { one, show, close: start(one) };
  };

  it("is drawn, but neither seen nor counted nor listening", async () => {
    const { one, show, close } = waiting({});
    await drawn();
    expect(find(".tx")).not.toBeNull();
    expect(find("dialog")?.style.visibility).toBe("hidden");
    expect(find(".sh")?.hidden).toBe(true);
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    expect(one.seen.events).toEqual([]);
    show();
    await close;
    expect(find("dialog")?.style.visibility).toBe("");
    expect(find(".sh")?.hidden).toBe(false);
    expect(one.seen.events).toEqual(["impression"]);
  });

  it("is drawn anew where the phone was turned or the page has another body", async () => {
    const turned = waiting({});
    await drawn();
    screen(375);
    turned.show();
    await turned.close;
    expect(frame()).toBe("d t sign_up in");
    const { show, close } = waiting({});
    await drawn();
    document.body.replaceChildren();
    show();
    await close;
    expect(frame()).toBe("d t sign_up in");
    expect(document.querySelectorAll("body > [lang]")).toHaveLength(1);
  });

  it("leaves one that is open alone until then", async () => {
    await start(host({ frame: "corner" }));
    const before = root().host;
    const { show, close } = waiting({});
    document.body.append(before);
    await drawn();
    expect(before.isConnected).toBe(true);
    show();
    await close;
    await gone();
    expect(before.isConnected).toBe(false);
  });

  it("says how long it was seen, not how long it was there", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { one, show, close } = waiting({});
    await drawn();
    vi.advanceTimersByTime(60_000);
    show();
    await close;
    vi.advanceTimersByTime(4_000);
    const input = find<HTMLInputElement>(".tx") as HTMLInputElement;
    input.value = "marlene@post.example";
    find<HTMLInputElement>("[type=checkbox]")?.click();
    find("form")?.dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
    await drawn();
    vi.useRealTimers();
    expect(one.seen.asked).toEqual([["subscriptions", expect.objectContaining({ elapsed: 4000 })]]);
  });
});

describe("a message", () => {
  const message = { content: "message", title: { de: "Neu" }, voucher: null };

  it("shows its link, and following it is no refusal", async () => {
    const one = host({ ...message, button: { label: null, url: "/neu" } });
    await start(one);
    const link = find<HTMLAnchorElement>("a.p");
    expect(link?.textContent).toBe("Ansehen");
    link?.addEventListener("click", (event) => event.preventDefault());
    link?.click();
    press("Nein danke");
    expect(one.seen.events).toEqual(["impression", "click"]);
  });

  it("keeps the place of its picture free", async () => {
    const picture = { url: "https://shop.example/a.jpg", alt: null, ratio: "3/2" };
    await start(host({ ...message, lead: { de: "Ab Freitag." }, picture }));
    expect(find("img")?.style.aspectRatio).toBe("3/2");
    expect(find("img")?.getAttribute("alt")).toBe("");
  });

  it("takes one sentence alone for the heading, and finds a place for the picture", async () => {
    const picture = { url: "https://shop.example/a.jpg", alt: null, ratio: "3/2" };
    await start(host({ ...message, title: null, lead: { de: "Ab Freitag." }, picture }));
    expect(find("h2")?.textContent).toBe("Ab Freitag.");
    expect(find(".lead")).toBeNull();
    expect(find(".sc > img")).not.toBeNull();
  });

  it("does not open without anything to say", async () => {
    expect(await start(host({ ...message, title: null }))).toBeUndefined();
  });

  it("says how to reach somebody", async () => {
    const service = { phone: "+43 1 234", email: "a@b.example", hours: { de: "9–17" } };
    const one = host({ ...message, content: "service", title: null, service });
    await start(one);
    const links = [...root().querySelectorAll("a")].map((link) => link.getAttribute("href"));
    expect(links).toEqual(["tel:+431234", "mailto:a@b.example"]);
    expect(find("h2")?.textContent).toBe("Können wir helfen?");
  });
});

describe("the teaser", () => {
  it("opens the window once more, without counting another refusal", async () => {
    const one = host({ teaser: true });
    await start(one);
    press("Nein danke");
    await gone();
    expect(find("dialog")).toBeNull();
    press("Newsletter gegen Gutschein");
    await settled();
    expect(find(".tx")).not.toBeNull();
    press("Nein danke");
    await gone();
    expect(one.seen.events).toEqual(["impression", "dismissal", "teaser"]);
    expect(one.seen.refused).toBe(1);
    find(".ta .x")?.click();
    expect(root()).toBeNull();
  });

  it("steps aside for what can be used", () => {
    const button = document.body.appendChild(document.createElement("button"));
    button.getBoundingClientRect = () => new DOMRect(0, 700, 100, 40);
    expect(free({ left: 10, top: 720, right: 90, bottom: 760 })).toBe(false);
    expect(free({ left: 110, top: 720, right: 190, bottom: 760 })).toBe(true);
  });
});

describe("the announced end", () => {
  const now = new Date("2026-11-27T20:30:10Z");

  it("is told in the shop's zone, with what is left, and is gone once it is over", async () => {
    vi.useFakeTimers({ now });
    const one = host({ ends: { at: "2026-11-30T22:59:00Z" } }, { zone: "Europe/Berlin" });
    const line = countdown(one) as HTMLElement;
    document.body.append(line);
    await vi.advanceTimersByTimeAsync(1);
    expect(line.textContent).toBe(
      "Endet am 30.\u00a0November, 23:59 Uhr · noch 3\u00a0Tage, 2\u00a0Std., 29\u00a0Min.",
    );
    await vi.advanceTimersByTimeAsync(60_000);
    expect(line.textContent).toContain("28\u00a0Min.");
    vi.setSystemTime(new Date("2026-11-30T23:00:00Z"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(line.hidden).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it("is not told when it is over or was never announced", () => {
    expect(countdown(host({ ends: { at: "2020-01-01T00:00:00Z" } }))).toBeUndefined();
    expect(countdown(host({ ends: null }))).toBeUndefined();
    expect(left(host({}), 90_000)).toBe("2\u00a0Min.");
    expect(left(host({}), 0)).toBe("");
  });
});
