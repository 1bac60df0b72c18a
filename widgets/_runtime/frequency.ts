// How often a widget may ask: once per page, and not again after a refusal.

import { recall, remember } from "./consent.ts";

// Another dialog or a consent banner has the floor; ours waits for the next occasion.
const OVERLAYS =
  "dialog[open],[aria-modal=true],[role=dialog],[role=alertdialog],#shopify-pc__banner,[id*=cookie][class*=banner]";
const FIELDS = "input,select,textarea,[contenteditable]";

let interrupted = false;
const refused = new Set<string>();

/** Whether a foreign dialog or banner is visible, or the shopper is busy with a field. */
export function occupied(): boolean {
  if (document.activeElement?.matches(FIELDS)) return true;
  for (const element of document.querySelectorAll(OVERLAYS)) {
    const { width, height } = element.getBoundingClientRect();
    if (width && height && getComputedStyle(element).visibility !== "hidden") return true;
  }
  return false;
}

/** Why an interrupting widget may not open now, or an empty string. */
export function obstacle(widget: string): string {
  if (interrupted) return "asked_on_this_page";
  if (refused.has(widget) || recall("bleib.no")) return "refused";
  if (recall("bleib.ok")) return "signed_up";
  if (recall("bleib.seen")) return "seen_today";
  return occupied() ? "occupied" : "";
}

/** An interrupting widget has opened. */
export function opened(): void {
  interrupted = true;
  remember("bleib.seen", 1);
}

/** The shopper refused; honoured for at least 30 days where it may be remembered. */
export function refuse(widget: string, days: number): void {
  refused.add(widget);
  remember("bleib.no", Math.max(30, days || 0));
}

/** The shopper signed up. */
export function signedUp(): void {
  interrupted = true;
  remember("bleib.ok", 365);
}
