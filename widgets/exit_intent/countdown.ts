// When an offer ends: a fixed moment in the shop's zone, and how long that is from now.

import type { Host } from "../_runtime/contract.ts";
import { locale } from "../_runtime/dates.ts";
import { h } from "../_runtime/dom.ts";
import { say } from "../_runtime/say.ts";

const MINUTE = 6e4;

/** "3 Tage, 4 Std., 12 Min."; empty once it is over. */
export function left(host: Host, ms: number): string {
  const minutes = Math.ceil(ms / MINUTE);
  const [day = "", days = "", hour = "", minute = ""] = say(host, "ends.units").split(",");
  const counted: [number, string][] = [
    [Math.floor(minutes / 1440), minutes < 2880 ? day : days],
    [Math.floor(minutes / 60) % 24, hour],
    [minutes % 60, minute],
  ];
  const told = counted.filter(([many]) => many > 0);
  return told.map(([many, unit]) => `${many}\u00a0${unit}`).join(", ");
}

/** The sentence about the end, brought up to date each minute; nothing without an announced end. */
export function countdown(host: Host): HTMLElement | undefined {
  const { at } = (host.campaign.settings.ends ?? {}) as { at?: string };
  const end = Date.parse(`${at}`);
  if (!(end > Date.now())) return undefined;
  const line = h("p.why.ends");
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale(host), { timeZone: host.shop.zone, ...options }).format(end);
  let date = "";
  let time = "";
  const draw = () => {
    date ||= format({ day: "numeric", month: "long" }).replace(" ", "\u00a0");
    time ||= format({ hour: "2-digit", minute: "2-digit" });
    const rest = left(host, end - Date.now());
    line.hidden = !rest;
    line.textContent = say(host, "ends.at", { date, time, rest });
    if (rest) timer = setTimeout(() => line.isConnected && draw(), MINUTE);
  };
  // After the first picture: a page's first date keeps a slow phone busy for a while.
  let timer = setTimeout(draw);
  host.signal.addEventListener("abort", () => clearTimeout(timer));
  return line;
}
