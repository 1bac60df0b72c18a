// Whether a condition holds: one pure function over what is known of the moment.

import type { Rule } from "./contract.ts";

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

/** Conditions that are true for an instant only. */
export const MOMENTS = /^(exit|returned|idle|clicked|event)$/;
const LEVELS = /^(seconds|scrolled|views)$/;
const WORDS = /^(page|device|lang|returning|subscriber|customer)$/;
const DAYS = "MonTueWedThuFriSatSun";

const glob = (pattern: unknown, text: string) =>
  new RegExp(
    `^${`${pattern}`.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`,
    "is",
  ).test(text);

/** Whether a condition holds; null where that hangs on a condition whose name `open` matches. */
export function holds(rule: Rule, facts: Facts, open?: RegExp): boolean | null {
  const [name, ...values] = rule;
  if (name === "not") {
    const part = holds(values[0] as Rule, facts, open);
    return part === null ? null : !part;
  }
  if (name === "all" || name === "any") {
    const decisive = name === "any";
    const parts = values.map((part) => holds(part as Rule, facts, open));
    return parts.includes(decisive) ? decisive : parts.includes(null) ? null : !decisive;
  }
  return open?.test(name) ? null : leaf(name, values, facts, `${rule}`);
}

function leaf(name: string, values: readonly unknown[], facts: Facts, rule: string): boolean {
  const { url = "", cart, utm, referrer = "", now = "", moment, zone } = facts;
  const [low, high, end] = values as string[];
  const value = (facts as Readonly<Record<string, unknown>>)[name];
  const within = (is: number | string | null | undefined, to = high) =>
    is != null && (low == null || is >= low) && (to == null || is <= to);
  const any = (text: (pattern: string) => string) =>
    values.some((pattern) => glob(pattern, text(`${pattern}`)));
  if (MOMENTS.test(name)) return `${moment}` === rule;
  if (LEVELS.test(name)) return (value as number) >= +(low as string);
  if (WORDS.test(name)) return values.includes(value);
  if (name === "url") return any((one) => (one.includes("?") ? url : url.replace(/\?.*/s, "")));
  if (name === "referrer") return any(() => referrer);
  if (name === "utm") return utm?.[`${low}`] != null && glob(high, utm[`${low}`] as string);
  if (name === "cart_value") return within(cart?.value);
  if (name === "cart_items") return within(cart?.items);
  if (name === "cart_has") return !!cart?.products.some((one) => values.includes(one));
  if (name === "between") return (!low || low <= now) && (!high || now < high);
  if (name !== "hours") return false;
  const local = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
  }).format(new Date(now));
  const weekday = DAYS.indexOf(local.slice(0, 3)) / 3 + 1;
  const time = local.slice(-5);
  return (low as unknown as number[]).includes(weekday) && time >= `${high}` && time < `${end}`;
}
