// The first step where there is little room: what it is about, and two buttons.

import type { Close, Host } from "../_runtime/contract.ts";
import { button, h, headline, top } from "../_runtime/dom.ts";
import { say } from "../_runtime/say.ts";

/** Whether a content begins with the short step in this frame. */
export function isShort(host: Host, kind: string, frame: string): boolean {
  if (!/^(nudge)?$/.test(host.preview ?? "")) return false;
  if (frame === "w") return kind !== "message";
  const long = /^(sign_up|question|basket)$/.test(kind);
  return long && (frame === "t" || !!host.campaign.settings.nudge);
}

/** The short step of a content: its heading, its claim and its first sentence. */
export function nudge(
  host: Host,
  full: HTMLElement,
  end: Node | undefined,
  bar: boolean,
  refuse: Close,
  open: Close,
): HTMLElement {
  const [title, claim, lead] = ["h2", ".cl", ".lead"].map((part) => full.querySelector(part));
  return h(
    "div.su.nudge",
    top(host, headline(title?.textContent ?? ""), refuse),
    h("div.sc", claim?.cloneNode(true), end, lead?.cloneNode(true)),
    h(
      "div.ft",
      h(
        "div.bs",
        button("s", say(host, "no"), refuse),
        button("p", say(host, bar ? "open" : "yes"), open),
      ),
    ),
  );
}
