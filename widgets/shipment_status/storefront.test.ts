import { describe, expect, it } from "vitest";
import { drawn, hostOf, settled } from "../_runtime/testing.ts";
import { answerOf, type Order, orderFrom } from "./result.ts";
import start from "./storefront.ts";

const parcel = {
  carrier: "DHL",
  number: "0034",
  url: "https://dhl.example/0034",
  stage: 3,
  expected: "2026-11-23",
  delivered_at: null,
  milestones: [
    { kind: "in_transit", at: "2026-11-19T17:05:00Z", place: "Köln" },
    { kind: "label_created", at: "2026-11-18T13:40:00Z", place: null },
  ],
};
const delivered = { ...parcel, stage: 4, delivered_at: "2026-11-20T11:31:00Z" };
const handedOver = {
  ...parcel,
  stage: 4,
  milestones: [{ kind: "delivered", at: "2026-11-20T11:31:00Z", place: null }],
};
const order = {
  number: "#1007",
  placed: "2026-11-17T08:12:00Z",
  stage: 3,
  title_date: "2026-11-23",
  state: "normal",
  items: [{ title: "Teeschale", quantity: 2 }],
  shipments: [parcel],
};
const N = "\u00a0";

describe("an order", () => {
  it("is taken out of both kinds of answer, its reports put in order", () => {
    for (const data of [order, { found: true, order }]) {
      expect(orderFrom(data)?.shipments[0]?.milestones.map(({ kind }) => kind)).toEqual([
        "label_created",
        "in_transit",
      ]);
    }
  });

  it.each([
    null,
    undefined,
    [],
    "x",
    { found: false },
    { ...order, stage: 7 },
    { ...order, placed: "soon" },
    { ...order, number: "" },
  ])("is not %j", (value) => {
    expect(orderFrom(value)).toBeNull();
  });
});

describe("the answer", () => {
  const host = hostOf("shipment_status", {});
  const said = (changes: object) => answerOf(host, orderFrom({ ...order, ...changes }) as Order);

  it.each([
    [{}, `Ihr Paket kommt am Montag, 23.${N}November`],
    [{ title_date: null }, "Paket ist in Lieferung"],
    [{ title_date: "rubbish" }, "Paket ist in Lieferung"],
    [{ state: "delayed" }, `Ihr Paket kommt später: Montag, 23.${N}November`],
    [{ state: "delayed", title_date: null }, "Ihr Paket kommt später"],
    [{ state: "lost" }, "Das Paket ist verloren gegangen"],
    [{ state: "returned" }, "Das Paket ist auf dem Weg zurück zu uns"],
    [{ state: "cancelled" }, "Diese Bestellung ist storniert"],
    [{ shipments: [parcel, parcel] }, "Ihre Bestellung kommt in zwei Paketen"],
    [{ shipments: Array(9).fill(parcel) }, "Ihre Bestellung kommt in 9 Paketen"],
    [{ stage: 4 }, `Ihr Paket kommt am Montag, 23.${N}November`],
    [{ stage: 4, title_date: null }, "Paket wird zugestellt"],
    [{ stage: 4, shipments: [delivered] }, `Zugestellt am Freitag, 20.${N}November`],
    [{ stage: 4, shipments: [handedOver] }, `Zugestellt am Freitag, 20.${N}November`],
    [{ stage: 4, shipments: [delivered, parcel] }, "Ihre Bestellung kommt in zwei Paketen"],
  ])("to %j is %j", (changes, title) => {
    expect(said(changes)[0]).toBe(title);
  });
});

describe("the look-up", () => {
  it("asks with a postcode and shows what was found", async () => {
    const answer = { status: 200, data: { found: true, order } };
    const host = hostOf("shipment_status", {}, { answer });
    await start(host);
    const [number, proof] = drawn(host).querySelectorAll("input");
    Object.assign(number ?? {}, { value: "1007" });
    Object.assign(proof ?? {}, { value: "78462" });
    drawn(host).querySelector("form")?.requestSubmit();
    await settled();
    expect(host.seen.asked).toEqual([["shipments/lookup", { order: "1007", postcode: "78462" }]]);
    expect(drawn(host).querySelector("h2")?.textContent).toContain("Ihr Paket kommt am");
    expect(drawn(host).querySelectorAll("ol li")).toHaveLength(4);
  });
});
