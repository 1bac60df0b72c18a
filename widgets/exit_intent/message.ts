// The contents without a form: a message with one link, or how to reach somebody in the shop.

import type { Host } from "../_runtime/contract.ts";
import { address, button, type Exit, h, headline, top } from "../_runtime/dom.ts";
import { merchant, say } from "../_runtime/say.ts";
import css from "./message.css";

interface Settings {
  readonly title: unknown;
  readonly lead: unknown;
  readonly button?: { readonly label: unknown; readonly url: unknown } | null;
  readonly service?: {
    readonly phone: string | null;
    readonly email: string | null;
    readonly hours: unknown;
    readonly promise: unknown;
  } | null;
}

export { css };

/** Draws the message; null without anything to say. */
export function content(host: Host, exit: Exit): Node[] | null {
  const { title, lead, button: link, service } = host.campaign.settings as unknown as Settings;
  const click = () => {
    exit.answered();
    host.event("click");
  };
  // Whoever wrote one sentence alone meant it as the heading.
  const [text, words] = [
    merchant(host, title) || (service ? say(host, "service.title") : ""),
    merchant(host, lead),
  ].filter(Boolean);
  if (!text) return null;
  const way = (href: string, to: string) =>
    h("a.way", { href, click }, h("bdi", { dir: "ltr" }, to));
  const { phone, email, hours, promise } = service ?? {};
  const href = link ? address(link.url) : undefined;
  const more = h("span", merchant(host, link?.label) || say(host, "open"));
  return [
    top(host, headline(text), exit.refuse),
    h(
      "div.sc",
      words && h("p.lead", words),
      phone && way(`tel:${phone.replace(/[^+\d]/g, "")}`, phone),
      email && way(`mailto:${email}`, email),
      ...[hours, promise].map((one) => merchant(host, one)).map((line) => line && h("p.why", line)),
    ),
    h(
      "div.ft",
      h(
        "div.bs",
        button("s", say(host, href || service ? "no" : "close"), exit.refuse),
        href && h("a.bt.p", { href, click }, more),
      ),
    ),
  ];
}
