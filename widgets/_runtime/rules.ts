// Whether a condition holds: one pure function over what is known of the moment.

import type { Rule } from "./contract.ts";
import { at, glob, groups, MOMENTS } from "./groups.ts";

export { MOMENTS };

/** What is known; what is missing does not hold. */
export interface Facts {
  /** What has just happened, as the condition that waits for it. */
  readonly moment?: Rule | null | undefined;
  readonly seconds?: number;
  readonly scrolled?: number;
  readonly views?: number;
  readonly cart?:
    | {
        readonly value: number | null;
        readonly items: number;
        readonly products: readonly string[];
      }
    | null
    | undefined;
  /** Path and query. */
  readonly url?: string;
  readonly page?: string | undefined;
  readonly device?: string;
  readonly lang?: string;
  /** Host and path of where the shopper came from; "" = nowhere. */
  readonly referrer?: string;
  readonly utm?: Readonly<Record<string, string>>;
  readonly returning?: boolean;
  readonly subscriber?: boolean;
  readonly customer?: boolean;
  /** An ISO date in UTC. */
  readonly now?: string;
  readonly zone?: string | undefined;
}

const LEVELS = /^(seconds|scrolled|views)$/;
const WORDS = /^(page|device|lang|returning|subscriber|customer)$/;
const DAYS = "MonTueWedThuFriSatSun";

/** Whether a condition holds; null where that hangs on a condition whose name `open` matches. */
export const holds = (rule: Rule, facts: Facts, open?: RegExp): boolean | null =>
  groups(rule, (leaf) => (open?.test(leaf[0]) ? null : decide(leaf, facts)));

function decide(rule: Rule, facts: Facts): boolean {
  const { url = "", cart, utm, referrer = "", now = "", moment } = facts;
  const [name, ...values] = rule;
  const [low, high] = values as string[];
  const value = (facts as Readonly<Record<string, unknown>>)[name];
  const within = (is: number | null | undefined) =>
    is != null && (low == null || is >= +low) && (high == null || is <= +high);
  if (MOMENTS.test(name)) return `${moment}` === `${rule}`;
  if (LEVELS.test(name)) return (value as number) >= +`${low}`;
  if (WORDS.test(name)) return values.includes(value);
  if (name === "url") return at(values, url);
  if (name === "referrer") return values.some((one) => glob(one, referrer));
  if (name === "utm") return utm?.[`${low}`] != null && glob(high, utm[`${low}`] as string);
  if (name === "cart_value") return within(cart?.value);
  if (name === "cart_items") return within(cart?.items);
  if (name === "cart_has") return !!cart?.products.some((one) => values.includes(one));
  if (name === "between") return (!low || low <= now) && (!high || now < high);
  return name === "hours" && hours(values as [number[], string, string], now, facts.zone);
}

// As the clock on the shop's wall says.
function hours(
  [weekdays, from, to]: readonly [number[], string, string],
  now: string,
  timeZone: string | undefined,
): boolean {
  const local = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
  }).format(new Date(now));
  const time = local.slice(-5);
  const weekday = DAYS.indexOf(local.slice(0, 3)) / 3 + 1;
  return weekdays.includes(weekday) && time >= from && time < to;
}
