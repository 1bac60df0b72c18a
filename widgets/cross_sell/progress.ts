// Says how much is missing to free shipping, as a sentence and as a bar.

import type { Host } from "../_runtime/contract.ts";
import { h, icon, mount } from "../_runtime/dom.ts";
import { ICONS } from "../_runtime/field.ts";
import { money, parts } from "../_runtime/say.ts";
import css from "./progress.css";
import de from "./progress.de.json";
import en from "./progress.en.json";

/** Where a theme wants it; without such a place it stands above the suggestions. */
const PLACES = "bleib-free-shipping,[data-bleib=free_shipping]";
const VAN =
  "M2 6h11v10H2zm11 4h4l4 4v2h-8M7 19a2 2 0 1 1 0-4 2 2 0 0 1 0 4m10 0a2 2 0 1 1 0-4 2 2 0 0 1 0 4";

/** Draws the sentence and the bar into a place; returns how it is told what the cart is worth. */
function meter(host: Host, place: HTMLElement, from: number) {
  const { shop } = host;
  const texts = host.lang === "de" ? de : en;
  const sign = h("span.i");
  const words = h("p", { role: "status" });
  const bar = h("span");
  const track = h("div.m", { role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 }, bar);
  const root = mount(host, place, [css]);
  const outer = (root.getRootNode() as ShadowRoot).host as HTMLElement;
  place.prepend(outer);
  root.append(h("div.w", sign, words), track);
  let said = "";
  return (worth: number | undefined) => {
    outer.hidden = !worth;
    if (!worth) return;
    const missing = Math.max(0, from - worth);
    const amount = money(host, { amount: missing.toFixed(2), currency: shop.currency });
    const pieces = missing
      ? parts<string | Node>(host, texts.part, { amount: h("b", amount) })
      : [texts.full];
    // A screen reader speaks up for what has changed, and only then.
    if (said !== amount) words.replaceChildren(...pieces);
    said = amount;
    sign.className = missing ? "i" : "i full";
    sign.replaceChildren(icon(missing ? VAN : ICONS.check));
    const share = Math.min(100, Math.floor((worth / from) * 100));
    track.ariaValueNow = `${share}`;
    track.ariaValueText = words.textContent;
    track.ariaLabel = texts.name;
    bar.style.width = `${share}%`;
  };
}

/**
 * Returns how the page is told what its cart is worth; that answers whether there is anything to
 * see.
 */
export default function progress(host: Host) {
  const from = Number(host.campaign.settings.free_shipping_from);
  const drawn = new Map<HTMLElement, ReturnType<typeof meter>>();
  return (worth: number | undefined): boolean => {
    for (const place of drawn.keys()) if (!place.isConnected) drawn.delete(place);
    const own = [...document.querySelectorAll<HTMLElement>(PLACES)];
    const places = own.length || !host.placement ? own : [host.placement];
    for (const place of worth ? places : [])
      if (!drawn.has(place)) drawn.set(place, meter(host, place, from));
    for (const show of drawn.values()) show(worth);
    return !!worth && places.length > 0;
  };
}
