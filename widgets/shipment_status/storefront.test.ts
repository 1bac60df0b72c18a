import { describe, expect, it, vi } from "vitest";
import { drawn, hostOf } from "../_runtime/testing.ts";
import { orderFrom } from "./answer.ts";
import start from "./storefront.ts";

const stages = ["done", "done", "now", "open"].map((state, index) => ({
  state,
  label: `Stufe ${index + 1}`,
  when: "",
}));
const bowl = { title: "Teeschale", note: "Menge 2", picture: "" };
const parcel = {
  title: "",
  lead: "",
  badge: "",
  tone: "",
  arrived: false,
  stages: [],
  items_title: "In diesem Paket",
  items: [],
  carrier: "DHL",
  number_label: "Sendung",
  number: "003404341610",
  seen: "Zuletzt gemeldet heute, 16:20 Uhr: Köln",
  url: "https://dhl.example/0034",
  url_label: "Bei DHL ansehen",
};
const order = {
  order: "Bestellung #1007",
  title: "Ihr Paket kommt am Montag, 23. November",
  lead: "",
  note: "",
  follow: "",
  moving: true,
  stages,
  parcels: [parcel],
  items_title: "In dieser Bestellung",
  items: [bowl],
};

async function found(changes: object): Promise<ShadowRoot> {
  const answer = { status: 200, data: { found: true, order: { ...order, ...changes } } };
  const host = hostOf("shipment_status", {}, { answer });
  await start(host);
  const [number, proof] = drawn(host).querySelectorAll("input");
  Object.assign(number ?? {}, { value: "1007" });
  Object.assign(proof ?? {}, { value: "78462" });
  drawn(host).querySelector("form")?.requestSubmit();
  await vi.waitFor(() => expect(drawn(host).querySelector(".main")).not.toBeNull());
  expect(host.seen.asked).toEqual([
    ["shipments/lookup", { order: "1007", postcode: "78462", lang: "de" }],
  ]);
  return drawn(host);
}

describe("an order", () => {
  it("is taken out of both kinds of answer", () => {
    for (const data of [order, { found: true, order }]) expect(orderFrom(data)).toEqual(order);
  });

  it.each([
    null,
    undefined,
    [],
    "x",
    { found: false },
    { found: true, order: null },
    { ...order, title: "" },
    { ...order, stages: "done" },
    { ...order, parcels: null },
    { ...order, items: {} },
  ])("is not %j", (value) => {
    expect(orderFrom(value)).toBeNull();
  });
});

describe("the look-up", () => {
  it("asks with a postcode, in the language of the page, and shows what was found", async () => {
    const root = await found({});
    expect(root.querySelector("h2")?.textContent).toBe(order.title);
    expect(root.querySelectorAll("ol li")).toHaveLength(4);
    expect(root.querySelector("[aria-current=step]")?.textContent).toBe("Stufe 3");
    expect(root.querySelector("a")?.getAttribute("href")).toBe(parcel.url);
  });

  it("gives each of several parcels its own title, and stages only where they still tell", async () => {
    const parcels = [
      { ...parcel, title: "Paket 1: zugestellt am Freitag" },
      { ...parcel, title: "Paket 2", stages },
    ];
    const root = await found({ stages: [], parcels });
    expect([...root.querySelectorAll("h3")].map((one) => one.textContent)).toEqual([
      "Paket 1: zugestellt am Freitag",
      "Paket 2",
      "In dieser Bestellung",
    ]);
    expect(root.querySelectorAll("ol")).toHaveLength(1);
  });
});
