// The decision trace: tells developers in words, and shows merchants in a panel, why.

import type { Rule, ShopConfig, Trace } from "./contract.ts";
import type { Life } from "./life.ts";
import { begin, trace } from "./visit.ts";
import { panel } from "./why-panel.ts";
import { MOMENTS, sentence, speakerOf } from "./why-words.ts";

/** What the panel may see and do. */
export interface Inside {
  readonly shop: ShopConfig;
  /** Aborted when Bleib is stopped. */
  readonly signal: AbortSignal;
  /** What is decided at this moment about each campaign. */
  traces(): Promise<readonly Trace[]>;
  /** Whether a condition is true at this moment; null where it waits for a sign. */
  holds(rule: Rule): boolean | null;
  /** The consent tier. */
  tier(): number;
  /** Opens a campaign, because the merchant asked for it. */
  open(campaign: number): unknown;
}

/** A trace with what it says in one sentence. */
export type Told = Trace & { readonly sentence: string };

let asked = false;

/** Whether the app knows the token of the address: only then the panel opens. */
async function invited(api: string): Promise<boolean> {
  const [, token] =
    /^why\.(.+)/.exec(new URLSearchParams(location.search).get("bleib") ?? "") ?? [];
  if (!token) return false;
  const url = `${api}why?token=${encodeURIComponent(token)}`;
  const answer = await fetch(url, { credentials: "omit" }).catch(() => null);
  return answer?.status === 204;
}

/** Why each campaign is, or is not, to be seen; opens the panel where a signed link asks for it. */
export default async function why(life: Life): Promise<readonly Told[]> {
  begin(life);
  const { shop, signal } = life;
  const speaker = speakerOf(shop, life.lang);
  // What the link of a voucher opens is no campaign of the merchant's.
  const traces = async () => (await trace(life)).filter(({ widget }) => widget !== "preflight");
  const page = window as { bleib?: { open?(campaign: number): unknown } };
  if (!asked) {
    asked = true;
    const inside: Inside = {
      shop,
      signal,
      traces,
      holds: (rule) => life.holds(rule, life.facts(), MOMENTS),
      tier: life.tier,
      open: (campaign) => page.bleib?.open?.(campaign),
    };
    if (await invited(life.api)) await panel(inside, speaker);
  }
  const found = await traces();
  return found.map((one) => ({ ...one, sentence: sentence(speaker, one) }));
}
