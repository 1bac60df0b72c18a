import { describe, expect, it } from "vitest";
import { fileName, shaped } from "./shape.ts";

const widgets = { newsletter: { js: "widgets.1.js", texts: { en: "texts.en.1.js" } } };
const campaign = { id: 1, widget: "newsletter", version: 1, settings: {} };

describe("a configuration", () => {
  it.each([
    null,
    undefined,
    3,
    "x",
    [],
    {},
    { v: 2, campaigns: [], widgets },
    { v: 1, campaigns: {} },
  ])("that is %j is none", (value) => {
    expect(shaped(value)).toBeNull();
  });

  it("keeps the campaigns that can be drawn", () => {
    const campaigns = [
      null,
      campaign,
      { ...campaign, widget: "x y" },
      { ...campaign, settings: null },
    ];
    expect(shaped({ v: 1, campaigns, widgets })?.campaigns).toEqual([campaign]);
  });
});

describe("a file name", () => {
  it("is taken as it is", () => {
    expect(fileName("texts.de-sie.0a1b2c3d.js")).toBe("texts.de-sie.0a1b2c3d.js");
  });

  it.each([
    "../x.js",
    "//evil.example/x.js",
    "https://evil.example/x.js",
    "a/b.js",
    "x",
    "",
    undefined,
    3,
  ])("is not %j", (value) => {
    expect(() => fileName(value)).toThrow();
  });
});
