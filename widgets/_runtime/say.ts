// Puts words, money and dates together the way the shop's language writes them.

import type { Host, Money } from "./contract.ts";

/** The parts of a text with its placeholders filled; elements may stand in for words. */
export function parts<T extends string | Node>(
  host: Host,
  text: string,
  values: Readonly<Record<string, T>>,
): (T | string)[] {
  // Switzerland writes ss for ß.
  const words = host.shop.locale === "de-CH" ? text.replaceAll("ß", "ss") : text;
  return words.split(/(\{\w+\})/).map((piece) => values[piece.slice(1, -1)] ?? piece);
}

/** A text of the widget, filled. */
export const say = (host: Host, key: string, values: Readonly<Record<string, string>> = {}) =>
  parts(host, host.texts[key] ?? "", values).join("");

/** A text of the merchant in the page's language, else in the first one there is. */
export function merchant(host: Host, value: unknown): string {
  const texts = (value ?? {}) as Readonly<Record<string, unknown>>;
  const text = texts[host.lang] || Object.values(texts).find(Boolean);
  return typeof text === "string" ? text : "";
}

// English names no country; the order of day and month is the British one.
const locale = (host: Host) => (host.lang === "de" ? host.shop.locale || "de" : "en-GB");

/** "19,00 €", without cents where there are none and `short` is asked for: "5 €". */
export const money = (host: Host, { amount, currency }: Money, short?: boolean) =>
  // Austrians write the sign behind the number as well, whatever the standard says.
  new Intl.NumberFormat(locale(host).replace("-AT", ""), {
    style: "currency",
    currency,
    ...(short && +amount % 1 === 0 && { minimumFractionDigits: 0 }),
  }).format(+amount);

/** "Montag, 23. November", from a calendar date or a moment. */
export const day = (host: Host, value: string) =>
  new Intl.DateTimeFormat(locale(host), {
    weekday: "long",
    day: "numeric",
    month: "long",
    // A calendar date has no zone; a moment is told in the shopper's own.
    ...(value.length === 10 && { timeZone: "UTC" }),
  })
    .format(new Date(value))
    .replace(/^(\w+) /, "$1, ")
    .replace(/(\d\.?) /, "$1\u00a0");

/** "9:12". */
export const time = (host: Host, value: string) =>
  new Date(value)
    .toLocaleTimeString(locale(host), { hour: "numeric", minute: "2-digit" })
    .replace(/^0/, "");
