// Tells days the way the shop's language writes them.

import type { Host } from "./contract.ts";

// English names no country; the order of day and month is the British one.
export const locale = (host: Host) => (host.lang === "de" ? host.shop.locale || "de" : "en-GB");

/** "Montag, 23. November", from a calendar date or a moment. */
export const day = (host: Host, value: string) =>
  new Intl.DateTimeFormat(locale(host), {
    weekday: "long",
    day: "numeric",
    month: "long",
    // A calendar date has no zone; a moment is told in the shop's own.
    timeZone: value.length === 10 ? "UTC" : host.shop.zone,
  })
    .format(new Date(value))
    .replace(/^(\w+) /, "$1, ")
    .replace(/(\d\.?) /, "$1\u00a0");
