// Finds further places for the suggestions on a page, whenever the theme draws one.

import type { Host } from "../_runtime/contract.ts";

/** Marks the places that the first list takes care of, so that no other one begins there. */
const OWN = "data-own";

/**
 * Calls `near` with each further place, once it comes near, and `drawn` whenever the page has
 * drawn something, until `signal` aborts.
 */
export function places(
  { placement, campaign }: Host,
  near: (place: HTMLElement) => void,
  drawn: () => unknown,
  signal: AbortSignal,
): void {
  const at = `${campaign.settings.at ?? `[data-bleib=${campaign.widget}]:not([${OWN}])`}`;
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        near(target as HTMLElement);
      }
    },
    { rootMargin: "100%" },
  );
  const taken = new Set<Element>();
  const look = () => {
    for (const place of document.querySelectorAll(at)) {
      if (place === placement || taken.has(place)) continue;
      taken.add(place);
      place.setAttribute(OWN, "");
      seen.observe(place);
    }
    for (const place of taken) if (!place.isConnected) taken.delete(place);
  };
  // At once: the loader looks for places as well, from time to time.
  const changes = new MutationObserver((all) => {
    if (!all.some(({ addedNodes }) => [...addedNodes].some((node) => node instanceof Element)))
      return;
    look();
    drawn();
  });
  changes.observe(document.body, { childList: true, subtree: true });
  look();
  signal.addEventListener("abort", () => {
    changes.disconnect();
    seen.disconnect();
    for (const place of taken) place.removeAttribute(OWN);
  });
}
