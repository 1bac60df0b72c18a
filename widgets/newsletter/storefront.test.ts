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
    start(host);
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
    start(host);
    fillIn(host, mail, tick);
    await settled();
    expect(host.seen.asked).toEqual([]);
    expect(drawn(host).querySelectorAll(".er")).toHaveLength(1);
  });

  it("draws nothing where the theme has no place for it", () => {
    expect(start({ ...hostOf("newsletter", {}), placement: null })).toBeUndefined();
  });

  it("asks for the second purpose only where the merchant wants it", () => {
    const host = hostOf("newsletter", { voucher, personalised: false });
    start(host);
    expect(drawn(host).querySelectorAll("[type=checkbox]")).toHaveLength(1);
  });
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
