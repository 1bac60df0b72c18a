// The decision trace: tells developers in words, and shows merchants in a panel, why.

import type { Rule, ShopConfig, Trace } from "./contract.ts";
import { panel } from "./why-panel.ts";
import { sentence, speakerOf } from "./why-words.ts";

/** What the runtime lets be seen of itself. */
export interface Inside {
  readonly shop: ShopConfig;
  readonly lang: string;
  /** Where the app answers for this shop, with a slash at its end. */
  readonly api: string;
  /** Aborted when Bleib is stopped. */
  readonly signal: AbortSignal;
  /** What is decided at this moment about each campaign. */
  traces(): readonly Trace[];
  /** Whether a condition is true at this moment. */
  holds(rule: Rule): boolean;
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
export default async function why(inside: Inside): Promise<readonly Told[]> {
  const speaker = speakerOf(inside.shop, inside.lang);
  if (!asked) {
    asked = true;
    if ((await invited(inside.api)) && !inside.signal.aborted) panel(inside, speaker);
  }
  return inside.traces().map((trace) => ({ ...trace, sentence: sentence(speaker, trace) }));
}
