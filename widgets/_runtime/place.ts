// Inline widgets: drawn into their place in the theme, counted once they are seen.

import type { Close, Host } from "./contract.ts";
import { h, mount } from "./dom.ts";
import form from "./form.css";

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
  const root = mount(host, host.placement, [form, ...sheets]);
  const section = h("section", { "aria-labelledby": "t" }, ...content);
  root.append(section);
  const watch = new IntersectionObserver(([entry]) => {
    if (!entry?.isIntersecting) return;
    watch.disconnect();
    host.event("impression");
  });
  watch.observe(section);
  host.signal.addEventListener("abort", () => watch.disconnect());
  return () => (root.parentNode as ShadowRoot).host.remove();
}
