// Says in a merchant's words why a campaign is, or is not, to be seen.

import type { Rule, ShopConfig, Trace, Verdict } from "./contract.ts";
import de from "./why.de.json";
import en from "./why.en.json";

/** What a word list is spoken with: the language, and the zone that dates are told in. */
export interface Speaker {
  readonly lang: string;
  readonly zone?: string | undefined;
}

export const speakerOf = (shop: ShopConfig, lang: string): Speaker => ({ lang, zone: shop.zone });

/** Conditions that are true for an instant only; at rest they never hold. */
export const MOMENTS = /^(exit|returned|idle|clicked|event)$/;
const DAY = 864e5;
/** 1 January 2024 was a Monday. */
const MONDAY = Date.UTC(2024, 0, 1);

const wordsOf = ({ lang }: Speaker): Readonly<Record<string, string>> => (lang === "de" ? de : en);
const localeOf = ({ lang }: Speaker) => (lang === "de" ? "de-DE" : "en-GB");

/** A text, filled; the key itself where there is none. */
export function word(
  speaker: Speaker,
  key: string,
  values: Readonly<Record<string, string>> = {},
): string {
  return (wordsOf(speaker)[key] ?? key).replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole);
}

/** "18. Dezember", "18 Dec"; the time as well where it is less than a day away. */
export function moment(speaker: Speaker, iso: string, now = Date.now()): string {
  const date = new Date(iso);
  if (Number.isNaN(+date)) return iso;
  const write = (options: Intl.DateTimeFormatOptions) => {
    const zone = speaker.zone ? { timeZone: speaker.zone } : {};
    return new Intl.DateTimeFormat(localeOf(speaker), { ...options, ...zone }).format(date);
  };
  const far = Math.abs(+date - now) > 300 * DAY;
  const day = write({
    day: "numeric",
    month: speaker.lang === "de" ? "long" : "short",
    ...(far && { year: "numeric" }),
  });
  if (Math.abs(+date - now) > DAY) return day;
  const time = write({ hour: "2-digit", minute: "2-digit" });
  return `${day}, ${word(speaker, "clock", { time })}`;
}

/** What stands in the way at a gate: "Ruhe nach einer Ablehnung bis 18. Dezember". */
export function reason(speaker: Speaker, { gate, detail = "", until }: Verdict): string {
  const words = wordsOf(speaker);
  const kind = gate === "recontact" && +detail > 1 ? "more" : detail;
  const key = `stop.${gate}.${kind}`;
  const told = word(speaker, words[key] ? key : `stop.${gate}`, { detail });
  if (!until) return told;
  return word(speaker, "until", { reason: told, date: moment(speaker, until) });
}

/** One sentence for one campaign: "nicht gezeigt: Ruhe nach einer Ablehnung bis 18. Dezember". */
export function sentence(speaker: Speaker, { shown, state, gates }: Trace): string {
  if (shown) return word(speaker, "shown");
  const stop = gates.find(({ passes }) => !passes);
  const known = wordsOf(speaker)[`state.${state}`];
  if (!stop && !known) return word(speaker, "ready");
  return word(speaker, "not", { reason: stop ? reason(speaker, stop) : (known ?? state) });
}

/** What a widget is called, with the number of the campaign. */
export function campaignName(speaker: Speaker, { widget, campaign }: Trace): string {
  const name = wordsOf(speaker)[`widget.${widget}`] ?? widget;
  return `${name} · ${word(speaker, "campaign", { id: `${campaign}` })}`;
}

/** The parts of a group; nothing where a condition is none. */
export function branches([name, ...inner]: Rule): readonly Rule[] | undefined {
  return /^(all|any|not)$/.test(name) ? (inner as unknown as readonly Rule[]) : undefined;
}

function range(speaker: Speaker, [min, max]: readonly unknown[]): string {
  const say = (value: unknown) =>
    `${value}`.includes("T") ? moment(speaker, `${value}`) : `${value}`;
  const kind = min == null ? "max" : max == null ? "min" : "both";
  return word(speaker, `range.${kind}`, { min: say(min), max: say(max) });
}

const weekday = (speaker: Speaker, day: number) =>
  new Intl.DateTimeFormat(localeOf(speaker), { weekday: "short", timeZone: "UTC" }).format(
    MONDAY + (day - 1) * DAY,
  );

/** A condition in words: "seit 5 s auf dieser Seite"; nothing for one that is not known. */
export function condition(speaker: Speaker, [name, ...values]: Rule): string | undefined {
  if (branches([name, ...values])) return word(speaker, name === "not" ? "not_group" : name);
  const words = wordsOf(speaker);
  const text = words[`leaf.${name}`] ?? words[`leaf.${name}.${values[0]}`];
  if (!text) return undefined;
  const spoken = values.map((value) => words[`word.${value}`] ?? `${value}`);
  return text.replace(/\{(\w+)\}/g, (_, hole) => {
    if (hole === "all") return spoken.join(", ");
    if (hole === "range") return range(speaker, values);
    if (hole === "days")
      return (values[0] as number[]).map((day) => weekday(speaker, day)).join(", ");
    return spoken[hole] ?? "";
  });
}
