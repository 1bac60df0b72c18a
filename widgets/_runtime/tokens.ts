// Reads the look of the page and derives from it the colours and measures of a widget.

import type { Look } from "./contract.ts";

/** Red, green and blue, each 0 to 255. */
export type Colour = readonly [number, number, number];

const WHITE: Colour = [255, 255, 255];
const BLACK: Colour = [0, 0, 0];

// The shop's first button: add to cart, else checkout, else whatever sends a form.
const BUTTONS = [
  "[name=add],form[action*='/cart/add'] [type=submit],.single_add_to_cart_button,.btn-buy",
  "[name=checkout],.begin-checkout-btn",
  "[type=submit],.button,.btn",
];

// Not what is sans-serif.
const SERIF = /(^|[^s-]|[^s]-)serif|georgia|times|palatino|garamond/i;

/** A computed colour or one of six digits; null where it is transparent or in another notation. */
export function colour(value: string): Colour | null {
  if (value[0] === "#")
    return [1, 3, 5].map((at) => Number.parseInt(value.slice(at, at + 2), 16)) as unknown as Colour;
  const scale = value.startsWith("color(srgb") ? 255 : value.startsWith("rgb") ? 1 : 0;
  const [r = 0, g = 0, b = 0, alpha = 1] = value.match(/[\d.]+/g)?.map(Number) ?? [];
  return scale && alpha > 0.5 ? [r * scale, g * scale, b * scale] : null;
}

/** `share` of `b` mixed into `a`. */
export function mix(a: Colour, b: Colour, share: number): Colour {
  return [0, 1, 2].map(
    (i) => (a[i] ?? 0) + ((b[i] ?? 0) - (a[i] ?? 0)) * share,
  ) as unknown as Colour;
}

/** Relative luminance as WCAG defines it. */
export function luminance(value: Colour): number {
  const [r = 0, g = 0, b = 0] = value.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast as WCAG defines it, 1 to 21. */
export function contrast(a: Colour, b: Colour): number {
  const [x, y] = [luminance(a) + 0.05, luminance(b) + 0.05];
  return x > y ? x / y : y / x;
}

const lowest = (value: Colour, faces: readonly Colour[]) =>
  Math.min(...faces.map((face) => contrast(value, face)));

// Goes from one colour towards another in small steps until every face is far enough away.
function reach(from: Colour, to: Colour, faces: readonly Colour[], floor: number): Colour {
  for (let share = 0; share < 1; share += 0.04) {
    const step = mix(from, to, share);
    if (lowest(step, faces) >= floor) return step;
  }
  return to;
}

/** What was read from the page, and what the merchant fixed instead. */
export interface Page {
  /** The face of every widget, where the merchant fixed one. */
  readonly face?: Colour | null;
  readonly page: Colour;
  readonly ink: Colour;
  readonly accent: Colour | null;
  readonly on: Colour | null;
  readonly link: Colour | null;
}

const isDark = (page: Colour) => luminance(page) < 0.18;

/** The colour roles; each meets its contrast floor on every face it is used on. */
export function roles({ page, face, ink: text, accent: button, on: label, link }: Page) {
  const dark = isDark(face ?? page);
  const far = dark ? WHITE : BLACK;
  const surface = face ?? (dark ? mix(page, text, 0.05) : mix(page, WHITE, 0.6));
  const ink = reach(text, far, [surface, page], 7);
  const accent = button ?? ink;
  // A button in the colour of the text has none of its own; the links then have it.
  const own = contrast(accent, text) < 1.1 ? link : accent;
  const raised = mix(surface, own ?? ink, 0.06);
  const faces = [surface, raised, page];
  const control = reach(mix(ink, surface, 0.8), ink, faces, 3.5);
  const readable = (value: Colour) => reach(value, far, faces, 4.7);
  const brand = [own, link].find((value) => value && lowest(value, faces) >= 4.5);
  return {
    surface,
    "surface-2": raised,
    ink,
    "ink-2": reach(mix(ink, surface, 0.6), ink, faces, 5),
    line: mix(surface, ink, 0.14),
    control,
    accent,
    on:
      label && contrast(label, accent) >= 4.5
        ? label
        : contrast(WHITE, accent) > contrast(BLACK, accent)
          ? WHITE
          : BLACK,
    // A pale button gets an edge of its own, so that it is seen as one.
    edge: contrast(accent, surface) < 3 ? control : accent,
    brand: brand ?? readable(accent),
    bad: readable(dark ? [255, 160, 147] : [174, 36, 25]),
    good: readable(dark ? [132, 208, 171] : [30, 107, 69]),
  };
}

// The look of the first element that is to be seen and `fits`; no more is looked at than that.
function first(
  selector: string,
  fits: (style: CSSStyleDeclaration) => unknown = () => true,
): CSSStyleDeclaration | undefined {
  for (const element of document.querySelectorAll(selector)) {
    const style = getComputedStyle(element);
    if (fits(style) && element.getClientRects().length) return style;
  }
  return undefined;
}

function background(from: Element | null): Colour {
  if (!from) return WHITE;
  return colour(getComputedStyle(from).backgroundColor) ?? background(from.parentElement);
}

// A button without a face of its own tells nothing about the shop's buttons.
const faced = (style: CSSStyleDeclaration) => colour(style.backgroundColor);

/** The style rule that carries every token, read for a widget that stands in `place`. */
export function tokens(place: Element, look: Look = {}): string {
  for (const selector of BUTTONS) {
    const style = first(selector, faced);
    if (style) return read(place, style, look);
  }
  // No button on the page: the shop's style sheet may still say how it would paint one.
  const put = () => place.appendChild(document.createElement("button"));
  const [painted, bare] = [put(), put()];
  painted.className = "button btn btn-primary";
  bare.style.all = "revert";
  const style = getComputedStyle(painted);
  const own = style.backgroundColor !== getComputedStyle(bare).backgroundColor && faced(style);
  const rule = read(place, own ? style : undefined, look);
  // Both are gone again before anything is painted.
  painted.remove();
  bare.remove();
  return rule;
}

function read(place: Element, button: CSSStyleDeclaration | undefined, look: Look): string {
  const body = getComputedStyle(document.body);
  const head = first("h1") ?? first("h2") ?? body;
  const link = first("p a,main a", (style) => !faced(style));
  // What the merchant fixed wins over the page.
  const paint = (fixed?: string, value?: string) => colour(fixed ?? value ?? "");
  const em = (style: CSSStyleDeclaration) =>
    // Letters that are joined must not be pulled apart.
    body.direction === "rtl"
      ? 0
      : `${(Number.parseFloat(style.letterSpacing) || 0) / Number.parseFloat(style.fontSize)}em`;
  const round = look.radius ?? (Number.parseFloat(button?.borderTopLeftRadius ?? "6") || 0);
  const corner = Math.min(round, 12);
  const font = look.font ?? body.fontFamily;
  const headFont = look.head_font ?? look.font ?? head.fontFamily;
  const page = background(place);
  const face = paint(look.surface);
  const size = look.size ?? Number.parseFloat(body.fontSize);
  const found = roles({
    page: face ?? page,
    face,
    ink: paint(look.ink, getComputedStyle(place).color) ?? BLACK,
    accent: paint(look.accent, button?.backgroundColor),
    on: paint(look.on, button?.color),
    link: paint(look.link, link?.color),
  });
  const dark = isDark(face ?? page);
  // Short names: h for headings, b for buttons; f a font, w a weight, t the tracking, c the case.
  const sizes = {
    scrim: dark ? "#0008" : `rgba(${found.ink},.4)`,
    font,
    hf: headFont,
    hw: head.fontWeight,
    ht: em(head),
    s: `${Math.min(1.19, Math.max(0.94, size / 16))}px`,
    title: SERIF.test(headFont) ? 30 : 26,
    small: SERIF.test(headFont) ? 23 : 20,
    label: SERIF.test(font) ? 15 : 14,
    strong: SERIF.test(font) ? 400 : 600,
    r: `${corner}px`,
    rb: `${round > 20 ? 999 : corner}px`,
    rc: `${corner && Math.min(corner + 6, 16)}px`,
    bh: `${Math.max(44, look.button_height ?? 48)}px`,
    bw: button?.fontWeight ?? 600,
    bt: button ? em(button) : 0,
    bc: button?.textTransform,
    border: dark ? "1px" : 0,
  };
  // A font is the merchant's text: it must not end the rule that it stands in.
  const rules = Object.entries({ ...found, ...sizes }).map(
    ([name, value]) =>
      `--${name}:${typeof value === "object" ? `rgb(${value})` : value}`.split(/[;{}]/)[0],
  );
  return `:host{${rules.join(";")}}`;
}
