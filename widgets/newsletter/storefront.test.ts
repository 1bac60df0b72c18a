import { describe, expect, it } from "vitest";
import { mailProblem } from "../_runtime/question.ts";
import { drawn, type FakeHost, hostOf, settled } from "../_runtime/testing.ts";
import start from "./storefront.ts";

const voucher = {
  enabled: true,
  kind: "percent",
  value: "10",
  minimum: null,
  days: 30,
  exclusions: null,
};

function fillIn(host: FakeHost, mail: string, tick = true): void {
  const root = drawn(host);
  const [field, letter] = [...root.querySelectorAll("input")] as [
    HTMLInputElement,
    HTMLInputElement,
  ];
  field.value = mail;
  letter.checked = tick;
  root.querySelector("form")?.requestSubmit();
}

describe("the sign-up", () => {
  it("is sent once with what was consented to, and thanked for", async () => {
    const host = hostOf("newsletter", { voucher, personalised: true });
    await start(host);
    fillIn(host, "a@b.example");
    fillIn(host, "a@b.example");
    await settled();
    expect(host.seen.asked).toHaveLength(1);
    expect(host.seen.asked[0]).toMatchObject([
      "subscriptions",
      { email: "a@b.example", purposes: ["newsletter"], campaign: 5, version: 2, website: "" },
    ]);
    expect(drawn(host).querySelector("h2")?.textContent).toBe("Bitte bestätigen Sie Ihre E‑Mail");
    expect(host.seen.events).toEqual(["sign_up"]);
    expect(host.seen.done).toBe(1);
  });

  it.each([
    ["", true],
    ["a@b", true],
    ["a@b.example", false],
  ])("is not sent with %j and the tick %s", async (mail, tick) => {
    const host = hostOf("newsletter", { voucher });
    await start(host);
    fillIn(host, mail, tick);
    await settled();
    expect(host.seen.asked).toEqual([]);
    expect(drawn(host).querySelectorAll(".er")).toHaveLength(1);
  });

  it("draws nothing where the theme has no place for it", async () => {
    expect(await start({ ...hostOf("newsletter", {}), placement: null })).toBeUndefined();
  });

  it("asks for the second purpose only where the merchant wants it", async () => {
    const host = hostOf("newsletter", { voucher, personalised: false });
    await start(host);
    expect(drawn(host).querySelectorAll("[type=checkbox]")).toHaveLength(1);
  });
});

const fields = [
  { id: "name", kind: "text", label: { de: "Vorname" }, why: { de: "Für die Anrede." } },
  {
    id: "birth_month",
    kind: "one",
    label: { de: "Geburtsmonat" },
    why: { de: "Für einen Gruß." },
    options: [
      ["", { de: "Keine Angabe" }],
      ["5", { de: "Mai" }],
    ],
  },
  {
    id: "interests",
    kind: "several",
    label: { de: "Themen" },
    why: { de: "Damit nur kommt, was interessiert." },
    options: [
      ["topic_1", { de: "Bretter" }],
      ["topic_3", { de: "Leinen" }],
    ],
  },
];

describe("what is asked beside the address", () => {
  it("stands with its reason, nothing chosen, and may stay empty", async () => {
    const host = hostOf("newsletter", { voucher, fields });
    await start(host);
    const root = drawn(host);
    for (const { id, why } of fields)
      expect(root.getElementById(`${id}-why`)?.textContent).toBe(why.de);
    expect(root.querySelectorAll(":checked:not(option)")).toHaveLength(0);
    (root.querySelector("#mail") as HTMLInputElement).value = "a@b.example";
    (root.querySelector("#letter") as HTMLInputElement).checked = true;
    root.querySelector("form")?.requestSubmit();
    await settled();
    expect(host.seen.asked[0]?.[1]).toMatchObject({
      fields: { name: "", birth_month: "", interests: [] },
    });
  });

  it("is sent along, and kept while the address is corrected", async () => {
    const host = hostOf("newsletter", { voucher, fields });
    await start(host);
    const root = drawn(host);
    (root.querySelector("#name") as HTMLInputElement).value = " Marlene ";
    (root.querySelector("#birth_month") as HTMLSelectElement).value = "5";
    (root.querySelector("#interests-topic_3") as HTMLInputElement).checked = true;
    const send = async () => {
      (root.querySelector("#mail") as HTMLInputElement).value = "a@b.example";
      (root.querySelector("#letter") as HTMLInputElement).checked = true;
      root.querySelector("form")?.requestSubmit();
      await settled();
    };
    await send();
    (root.querySelector("button.a") as HTMLElement).click();
    await send();
    const said = { name: "Marlene", birth_month: "5", interests: ["topic_3"] };
    expect(host.seen.asked.map(([, body]) => (body as { fields: unknown }).fields)).toEqual([
      said,
      said,
    ]);
  });

  it("is not sent where nothing is asked", async () => {
    const host = hostOf("newsletter", { voucher });
    await start(host);
    fillIn(host, "a@b.example");
    await settled();
    expect(JSON.stringify(host.seen.asked)).not.toContain("fields");
  });
});

it("says what is given beside a voucher, and when", async () => {
  const gift = { title: { de: "Pflegeheft" }, text: null, why: { de: "Kommt per E‑Mail." } };
  const host = hostOf("newsletter", { gift });
  await start(host);
  const lines = [...drawn(host).querySelectorAll(".cl li")].map((line) => line.textContent);
  expect(lines).toEqual(["Pflegeheft", "Kommt per E‑Mail."]);
});

describe("a mail address", () => {
  const host = hostOf("newsletter", {});

  it.each(["a@b.de", "vor.name+x@sub.domain.example", "ä@ö.example"])("may be %s", (mail) => {
    expect(mailProblem(host, mail)).toBe("");
  });

  it.each(["", "a", "a@", "@b.de", "a@b", "a@b.", "a b@c.de", "a@b.c", "a@@b.de"])(
    "may not be %j",
    (mail) => {
      expect(mailProblem(host, mail)).not.toBe("");
    },
  );
});
