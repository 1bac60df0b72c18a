import { describe, expect, it } from "vitest";
import { type Colour, colour, contrast, mix, roles } from "./tokens.ts";

const hex = (text: string): Colour =>
  [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16)) as unknown as Colour;

const PAGES = {
  "Haus Amsel": ["#FBF8F3", "#2A2420", "#2A2420", "#FFFDFA", "#84480A"],
  steigwohl: ["#FFFFFF", "#17211C", "#1E5B43", "#FFFFFF", "#1E5B43"],
  "Amsel dark": ["#191612", "#F3ECE2", "#F3ECE2", "#231F1B", "#E5AD62"],
  "steigwohl dark": ["#101512", "#EDF2EF", "#84D0AB", "#0B1F16", "#84D0AB"],
  "pink and purple": ["#F3D9E4", "#3A2350", "#D4237F", "#FFFFFF", "#8A1C5B"],
  "pale yellow button": ["#FFFFFF", "#333333", "#FFE95C", "#FFFFFF", "#0066CC"],
  "grey on grey": ["#9A9A9A", "#777777", "#888888", "#999999", "#808080"],
} as const;

describe("colour roles", () => {
  it.each(Object.entries(PAGES))(
    "keep every contrast floor on %s",
    (_, [page, ink, accent, on, link]) => {
      const found = roles({
        page: hex(page),
        ink: hex(ink),
        accent: hex(accent),
        on: hex(on),
        link: hex(link),
      });
      for (const face of [found.surface, found["surface-2"]]) {
        for (const text of ["ink", "ink-2", "brand", "bad", "good"] as const) {
          expect(contrast(found[text], face)).toBeGreaterThanOrEqual(4.5);
        }
      }
      for (const face of [found.surface, hex(page)]) {
        expect(contrast(found.control, face)).toBeGreaterThanOrEqual(3);
        expect(contrast(found.brand, face)).toBeGreaterThanOrEqual(3);
      }
      expect(contrast(found.on, found.accent)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(found.edge, found.surface)).toBeGreaterThanOrEqual(3);
    },
  );

  it("take the colour of the links where the button has none of its own", () => {
    const [page, ink, accent, on, link] = PAGES["Haus Amsel"].map(hex) as [
      Colour,
      Colour,
      Colour,
      Colour,
      Colour,
    ];
    expect(roles({ page, ink, accent, on, link }).brand).toEqual(link);
  });

  it("do without a button or a link", () => {
    const found = roles({
      page: [255, 255, 255],
      ink: [0, 0, 0],
      accent: null,
      on: null,
      link: null,
    });
    expect(found.accent).toEqual([0, 0, 0]);
    expect(found.on).toEqual([255, 255, 255]);
  });
});

describe("colour", () => {
  it("reads what browsers compute and nothing transparent", () => {
    expect(colour("rgb(1, 2, 3)")).toEqual([1, 2, 3]);
    expect(colour("rgba(1, 2, 3, 0.9)")).toEqual([1, 2, 3]);
    expect(colour("color(srgb 1 0.5 0)")).toEqual([255, 127.5, 0]);
    expect(colour("rgba(0, 0, 0, 0)")).toBeNull();
    expect(colour("oklch(0.5 0.1 20)")).toBeNull();
    expect(colour("")).toBeNull();
  });

  it("mixes by share", () => {
    expect(mix([0, 0, 0], [200, 100, 50], 0.5)).toEqual([100, 50, 25]);
  });
});
