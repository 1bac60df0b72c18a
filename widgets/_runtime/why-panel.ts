// The panel for merchants: what Bleib decides on this page, at this moment.

import { h } from "./dom.ts";
import css from "./why.css";
import type { Inside } from "./why.ts";
import { card } from "./why-card.ts";
import { open, posture } from "./why-place.ts";
import { type Speaker, word } from "./why-words.ts";

/** How often it looks: as quick as an eye, and nothing is drawn where nothing has changed. */
const LOOK_MS = 300;
/** How often where looking asks the shop for its cart. */
const CART_MS = 3000;

interface Drawn {
  readonly outer: HTMLElement;
  readonly section: HTMLElement;
  readonly body: HTMLElement;
  readonly fold: HTMLElement;
}

const write = (element: HTMLElement, text: string) => {
  if (element.textContent !== text) element.textContent = text;
};

function stored(speaker: Speaker): string {
  let keys: string[] = [];
  try {
    keys = Object.keys(localStorage).filter((key) => key.startsWith("bleib."));
  } catch {
    // Storage is blocked, so there is nothing in it.
  }
  return keys.length
    ? word(speaker, "kept", { keys: keys.sort().join(", ") })
    : word(speaker, "kept.none");
}

/** Goes with the merchant from page to page in the address alone: nothing is stored. */
function follow(signal: AbortSignal): void {
  const token = new URLSearchParams(location.search).get("bleib") ?? "";
  const go = (event: MouseEvent) => {
    const [link] = event.composedPath().filter((node) => node instanceof HTMLAnchorElement);
    const special = event.button || event.metaKey || event.ctrlKey || event.shiftKey;
    if (event.defaultPrevented || special || !link || link.target || link.download) return;
    const url = new URL(link.href, location.href);
    if (url.origin !== location.origin || (url.hash && url.pathname === location.pathname)) return;
    event.preventDefault();
    url.searchParams.set("bleib", token);
    location.assign(url);
  };
  addEventListener("click", go, { signal });
}

function draw(speaker: Speaker, turn: () => void, end: () => void, body: HTMLElement): Drawn {
  const outer = h("div", { lang: speaker.lang, popover: "manual" });
  const root = outer.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  const fold = h("button", { type: "button", "aria-controls": "c", click: turn });
  const close = h("button", { type: "button", click: end }, word(speaker, "close"));
  const head = h("header", h("h2", { id: "t" }, word(speaker, "title")), fold, close);
  const section = h("section", { "aria-labelledby": "t" }, head, body);
  root.append(section);
  document.body.append(outer);
  // Above the shade of a window, which would take its clicks; older browsers draw it below.
  outer.showPopover?.();
  return { outer, section, body, fold };
}

/** Puts the panel where it covers nothing that it speaks of. */
function settle({ outer, section, body, fold }: Drawn, speaker: Speaker, folded: boolean): void {
  const { spot, room } = posture(open(outer), innerWidth, innerHeight, folded);
  const small = spot === "bar";
  section.className = spot;
  section.style.setProperty("--room", `${room}px`);
  body.hidden = small;
  fold.setAttribute("aria-expanded", `${!small}`);
  write(fold, word(speaker, small ? "unfold" : "fold"));
}

/** Opens the panel; it goes when Bleib is stopped or the merchant closes it. */
export async function panel(inside: Inside, speaker: Speaker): Promise<void> {
  const cards = (await inside.traces()).map((trace) => card(inside, speaker, trace));
  if (inside.signal.aborted) return;
  const over = new AbortController();
  const { signal } = over;
  const [tier, storage] = [h("p"), h("p")];
  const body = h("div.body", { id: "c" }, tier, storage, ...cards.map(({ element }) => element));
  if (!cards.length) body.append(h("p", word(speaker, "none")));
  body.append(h("p.note", word(speaker, "note")));
  cards[0]?.element.setAttribute("open", "");
  let folded = false;
  const turn = () => {
    folded = !folded;
    look();
  };
  const end = () => over.abort();
  const drawn = draw(speaker, turn, end, body);
  const place = () => settle(drawn, speaker, folded);
  const look = async () => {
    place();
    write(tier, word(speaker, `tier.${inside.tier()}`));
    write(storage, stored(speaker));
    for (const [index, trace] of (await inside.traces()).entries()) cards[index]?.update(trace);
  };
  const carts = /"cart_/.test(JSON.stringify(inside.shop.campaigns));
  const timers = [setInterval(look, carts ? CART_MS : LOOK_MS), setInterval(place, LOOK_MS)];
  document.addEventListener("bleib:cart", look, { signal });
  addEventListener("resize", place, { signal });
  follow(signal);
  inside.signal.addEventListener("abort", end);
  signal.addEventListener("abort", () => {
    for (const timer of timers) clearInterval(timer);
    drawn.outer.remove();
  });
  await look();
}
