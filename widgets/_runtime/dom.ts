// Builds elements from text that is never markup, inside a shadow root of its own.

import base from "./base.css";
import type { Close, Host } from "./contract.ts";
import { say } from "./say.ts";
import { tokens } from "./tokens.ts";

type Child = Node | string | null | undefined | false;
type Value = string | number | boolean | null | undefined | ((event: never) => void);
/** Attributes by name, listeners by the name of their event. */
type Attributes = Readonly<Record<string, Value>>;

const SVG = "http://www.w3.org/2000/svg";

/** An element: `h("p.small", { id: "x", onclick: f }, "text", other)`. Strings stay text. */
export function h<E extends HTMLElement = HTMLElement>(
  name: string,
  ...content: (Child | Attributes)[]
): E {
  const [tag = "", ...classes] = name.split(".");
  const element = document.createElement(tag) as E;
  element.className = classes.join(" ");
  for (const item of content) {
    if (typeof item === "string" || item instanceof Node) element.append(item);
    else if (item) {
      for (const [key, value] of Object.entries(item)) {
        if (typeof value === "function") element.addEventListener(key, value as EventListener);
        else if (value !== false && value != null) element.setAttribute(key, `${value}`);
      }
    }
  }
  return element;
}

/** A drawn sign of 24 units, never announced. */
export function icon(path: string, size = 20): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const shape = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("width", `${size}`);
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

const CROSS = "m5 5 14 14M19 5 5 19";

/** How something over the page is left; an inline widget has nothing to leave. */
export interface Exit {
  /** Closes as a refusal: counted, and remembered where that is allowed. */
  refuse: Close;
  /** Closes because the shopper has what they came for. */
  finish: Close;
  /** From now on closing it, in whichever way, is no refusal. */
  answered: Close;
  /** Whether it begins as a slim bar, with a line instead of a title. */
  readonly bar: boolean;
}

export const headline = (text: string) => h("h2", { id: "t", tabindex: -1 }, text);

/** The way out. */
export const cross = (host: Host, click: Close) =>
  h("button.x", { type: "button", "aria-label": say(host, "close"), click }, icon(CROSS));

/** The first row: title or sign, and the way out where there is one. */
export const top = (host: Host, first: Node, click?: Close) =>
  h("div.hd", first, click && cross(host, click));

/** A button; its label is a box of its own, so that it can be centred on its letters. */
export function button(kind: string, label: string, click?: () => void): HTMLButtonElement {
  return h(`button.bt.${kind}`, { type: "button", click }, h("span", label));
}

/** A web address that may be followed or shown; anything else becomes undefined. */
export function address(value: unknown): string | undefined {
  return typeof value === "string" && /^(https?:\/\/|\/(?![/\\]))/i.test(value) ? value : undefined;
}

/** Puts a shadow root with the page's own look into `parent`; gone again when Bleib stops. */
export function mount(host: Host, parent: HTMLElement, sheets: readonly string[]): HTMLElement {
  const outer = h("div", { lang: host.lang });
  const inner = h("div.b");
  const root = outer.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [tokens(parent, host.shop.look), base, ...sheets].map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  root.append(inner);
  parent.append(outer);
  host.signal.addEventListener("abort", () => outer.remove());
  return inner;
}
