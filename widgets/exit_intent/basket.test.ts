import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { CartHook } from "../_runtime/contract.ts";
import { hostOf, settled } from "../_runtime/testing.ts";
import { content } from "./basket.ts";

const TOKEN = "abcdefghijklmnopqrstuv";
const KEPT = { link: `https://app.example/b/${TOKEN}`, qr: "M0 0h1v1h-1z", size: 29 };
const SOCKS = {
  key: "k1",
  product_id: 7,
  quantity: 2,
  variant: "41",
  title: "Wandersocke Merino",
  price: "17.30",
  image: "https://s.example/s.jpg",
};
const HAT = {
  ...SOCKS,
  key: "k2",
  variant: "42",
  title: "Mütze Firn",
  quantity: 1,
  price: "13.00",
};
const exit = { refuse: vi.fn(), finish: vi.fn(), answered: vi.fn(), bar: false };

function hook(items: object[]) {
  const calls: string[] = [];
  const cart = {
    read: async () => ({ items }),
    add: async (variant: string) => {
      calls.push(`add ${variant}`);
      return variant === "42" ? undefined : { key: "k1", product_id: 7, quantity: 1 };
    },
    change: async (key: string, quantity: number) => calls.push(`change ${key} ${quantity}`),
  } as unknown as CartHook;
  return { cart, calls };
}

async function shown(items: object[], data: unknown = KEPT, status = 202) {
  const { cart, calls } = hook(items);
  const host = hostOf("exit_intent", {}, { cart, answer: { status, data } });
  const card = (await content(host, exit))?.[0] as HTMLElement | undefined;
  if (card) document.body.replaceChildren(card);
  const press = async (label: string) => {
    const buttons = [...(card?.querySelectorAll("button") ?? [])];
    buttons.find((one) => one.textContent === label)?.click();
    for (let turn = 0; turn < 4; turn++) await settled();
  };
  const text = () => card?.textContent?.replace(/\s+/g, " ") ?? "";
  return { host, card, press, text, calls };
}

beforeEach(() => {
  Object.assign(window, { innerWidth: 1280 });
  for (const one of [exit.refuse, exit.finish, exit.answered]) one.mockClear();
});
afterEach(() => {
  history.replaceState(null, "", "/");
  vi.unstubAllGlobals();
});

test("nothing is shown without anything in the cart, or without a link", async () => {
  expect((await shown([])).card).toBeUndefined();
  expect((await shown([{ ...SOCKS, variant: undefined }])).card).toBeUndefined();
  expect((await shown([SOCKS], null, 0)).card).toBeUndefined();
});

test("the cart is shown with its worth, and only numbers leave the page", async () => {
  const { host, card, text } = await shown([SOCKS, HAT]);
  expect(text()).toContain("3 Artikel, 47,60 €");
  expect(text()).toContain("2 × Wandersocke Merino, Mütze Firn");
  expect(card?.querySelectorAll("img")).toHaveLength(2);
  expect(card?.querySelector(".qr svg")?.getAttribute("viewBox")).toBe("-4 -4 37 37");
  const [path, body] = host.seen.asked[0] ?? [];
  expect(path).toBe("carts");
  expect(body).toMatchObject({
    items: [
      { variant: "41", product: "7", quantity: 2 },
      { variant: "42", product: "7", quantity: 1 },
    ],
  });
  expect(JSON.stringify(body)).not.toContain("Merino");
});

test("one mail is asked for, and thanks follow", async () => {
  const { host, card, press } = await shown([SOCKS]);
  const mail = card?.querySelector("#mail") as HTMLInputElement;
  mail.value = "jonas@post";
  await press("Link schicken");
  expect(document.activeElement).toBe(mail);
  expect(card?.textContent).toContain("Da fehlt etwas nach „post“");
  mail.value = "jonas@post.example";
  await press("Link schicken");
  expect(host.seen.asked[1]?.[0]).toBe(`carts/${TOKEN}/mail`);
  expect(host.seen.asked[1]?.[1]).toMatchObject({ email: "jonas@post.example", website: "" });
  expect(document.activeElement?.textContent).toBe("Ihr Link ist unterwegs");
  expect(host.seen.events).toEqual(["saved"]);
  expect(exit.answered).toHaveBeenCalledOnce();
});

test("a failure keeps what was entered", async () => {
  const { card, press, text } = await shown([SOCKS], KEPT, 503);
  const mail = card?.querySelector("#mail") as HTMLInputElement;
  mail.value = "jonas@post.example";
  await press("Link schicken");
  expect(text()).toContain("Das hat gerade nicht geklappt");
  expect(mail.value).toBe("jonas@post.example");
});

test("the link is copied, or shown where it cannot be", async () => {
  const writeText = vi.fn().mockResolvedValueOnce(undefined).mockRejectedValue(new Error("no"));
  vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText } });
  const { host, card, press } = await shown([SOCKS]);
  await press("Kopieren");
  expect(writeText).toHaveBeenCalledWith(KEPT.link);
  expect(host.seen.events).toEqual(["saved"]);
  await press("Kopiert");
  expect(card?.querySelector<HTMLInputElement>("[readonly]")?.value).toBe(KEPT.link);
});

test("a phone shares it with its own sheet", async () => {
  Object.assign(window, { innerWidth: 375 });
  const share = vi.fn().mockResolvedValue(undefined);
  vi.stubGlobal("navigator", { ...navigator, share });
  const { press } = await shown([SOCKS]);
  await press("Teilen");
  expect(share).toHaveBeenCalledWith({ url: KEPT.link });
});

test("a link puts its cart in after one press, names what is sold out, and asks once", async () => {
  history.replaceState(null, "", `/?a=1#bleib-cart=5.${TOKEN}`);
  const items = [
    { variant: "41", quantity: 2, title: "Wandersocke Merino" },
    { variant: "42", quantity: 1, title: "Mütze Firn" },
  ];
  const drawn = vi.fn();
  document.addEventListener("bleib:cart", drawn, { once: true });
  const { host, press, text, calls } = await shown([], { items }, 200);
  expect(host.seen.asked).toEqual([[`carts/${TOKEN}`, undefined]]);
  expect(location.hash).toBe("");
  expect(text()).toContain("Wir legen 3 Artikel in Ihren Warenkorb");
  expect(calls).toEqual([]);
  await press("In den Warenkorb");
  expect(calls).toEqual(["add 41", "change k1 2", "add 42"]);
  expect(text()).toContain("Gerade ausverkauft: Mütze Firn.");
  expect(drawn).toHaveBeenCalledOnce();
});
