// Builds elements from text that is never markup, inside a shadow root of its own.

import base from "./base.css";
import type { Close, Host } from "./contract.ts";
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

const CIRCLE = "m9 0a9 9 0 1 1-18 0 9 9 0 0 1 18 0";
export const ICONS = {
  alert: `M12 8v5m0 3v.1M12 12${CIRCLE}`,
  check: "m5 12.5 4.5 4.5L19 7.5",
  clock: `M12 7v5l3 2M12 12${CIRCLE}`,
  info: `M12 11v5m0-8v.1M12 12${CIRCLE}`,
} as const;

/** A button; its label is a box of its own, so that it can be centred on its letters. */
export function button(kind: string, label: string, click?: () => void): HTMLButtonElement {
  return h(`button.bt.${kind}`, { type: "button", click }, h("span", label));
}

/** A web address that may be followed or shown; anything else becomes undefined. */
export function address(value: unknown): string | undefined {
  return typeof value === "string" && /^(https?:\/\/|\/(?!\/))/i.test(value) ? value : undefined;
}

/** Puts a shadow root with the page's own look into `parent`; gone again when Bleib stops. */
export function mount(host: Host, parent: HTMLElement, sheets: readonly string[]): HTMLElement {
  const outer = h("div", { lang: host.lang });
  const inner = h("div.b");
  const root = outer.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [tokens(parent), base, ...sheets].map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  root.append(inner);
  parent.append(outer);
  host.signal.addEventListener("abort", () => outer.remove());
  return inner;
}

/**
 * Draws an inline widget into its placement and counts one impression once it is really seen.
 * Returns how it is taken away, or nothing where the theme has no place for it.
 */
export function place(
  host: Host,
  sheets: readonly string[],
  ...content: Node[]
): Close | undefined {
  if (!host.placement) return undefined;
  const root = mount(host, host.placement, sheets);
  const section = h("section", { "aria-labelledby": "t" }, ...content);
  root.append(section);
  const watch = new IntersectionObserver(([entry]) => {
    if (!entry?.isIntersecting) return;
    watch.disconnect();
    host.event("impression");
  });
  watch.observe(section);
  host.signal.addEventListener("abort", () => watch.disconnect());
  return () => (root.getRootNode() as ShadowRoot).host.remove();
}
