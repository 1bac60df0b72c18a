// Puts words, money and dates together the way the shop's language writes them.

import type { Host, Money } from "./contract.ts";
import { locale } from "./dates.ts";

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

/** What stands for a currency; any other is told by its code. */
const SIGNS: Readonly<Record<string, string>> = { EUR: "€", GBP: "£" };

/**
 * "19,00 €", without cents where there are none and `short` is asked for: "5 €".
 *
 * Written by hand: a page's first use of Intl keeps a slow phone busy for 50 ms, and this stands
 * between a shopper's move and the open window.
 */
export function money(host: Host, { amount, currency }: Money, short?: boolean): string {
  const where = locale(host);
  const swiss = where === "de-CH";
  const behind = host.lang === "de" && !swiss;
  const sign = (!swiss && SIGNS[currency]) || currency;
  const number = (+amount)
    .toFixed(short && +amount % 1 === 0 ? 0 : 2)
    .replace(".", behind ? "," : ".")
    .replace(/\B(?=(\d{3})+(?!\d))/g, swiss ? "’" : behind ? "." : ",");
  if (behind) return `${number}\u00a0${sign}`;
  return sign + (sign.length > 1 ? "\u00a0" : "") + number;
}
