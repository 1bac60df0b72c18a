// Whether a campaign may be shown: the questions in their order, over what is known.

import type { Gate, Manners, Verdict } from "./contract.ts";

const DAY = 864e5;
/** A dismissal is honoured for at least so many days, and remembered for no more than so many. */
const LEAST = 30;
const MOST = 365;

/** Everything that the gates ask about. */
export interface Known {
  readonly now: number;
  readonly stopped: boolean;
  /** The kind of page, a blank, and its path. */
  readonly page: string;
  readonly rule: boolean;
  /** How often the campaign was dismissed, and when the last time. */
  readonly refused: readonly [times: number, last: number] | undefined;
  readonly recontact_days: number;
  /** When the shopper signed up or bought. */
  readonly done: number | undefined;
  /** Subscribes already, and is asked to. */
  readonly subscribed: boolean;
  /** When something of ours came over the page. */
  readonly seen: readonly number[];
  readonly asked: boolean;
  /** What has the floor, or "". */
  readonly occupied: string;
  readonly arm: string;
}

/** Where nothing may come between the shopper and the purchase. */
const PURCHASE =
  /^(checkout|thankyou|order)( |$)|\/(checkouts?|kasse|order-received|thank[-_]you)(\/|$)/;

/** For how long a dismissal holds: each further one for twice as long. */
export const silence = (times: number, days: number) =>
  Math.min(MOST, Math.max(LEAST, days || 0) * 2 ** (times - 1)) * DAY;

/** Each gate's verdict, in order. An inline widget interrupts nobody: it passes fewer. */
export function gates(known: Known, manners: Manners, inline: boolean): Verdict[] {
  const { now, refused, done, seen } = known;
  const { cooldown_days = 7, most = 3, most_days = 30, quiet_days = 30 } = manners;
  const spent = seen.filter((time) => time > now - most_days * DAY).sort((a, b) => b - a);
  const nth = spent[most - 1];
  const verdict = (gate: Gate, passes: boolean, detail?: unknown, until?: number): Verdict => ({
    gate,
    passes,
    ...(!passes && detail != null && { detail: `${detail}` }),
    ...(!passes && until && { until: new Date(until).toISOString() }),
  });
  // What holds until a time; nothing where it never began.
  const over = (gate: Gate, end: number | undefined, detail?: unknown) =>
    verdict(gate, !(end && end > now), detail, end);
  const all = [
    verdict("stopped", !known.stopped),
    verdict("page_type", inline || !PURCHASE.test(known.page), known.page),
    verdict("rule", known.rule),
    over(
      "recontact",
      refused && refused[1] + silence(refused[0], known.recontact_days),
      refused?.[0],
    ),
    known.subscribed
      ? verdict("quiet", false, "subscriber")
      : over("quiet", done && done + quiet_days * DAY),
    over("cooldown", spent[0] && spent[0] + cooldown_days * DAY),
    over("budget", nth && nth + most_days * DAY, most),
    verdict("page", !known.asked),
    verdict("occupied", !known.occupied, known.occupied),
    verdict("holdout", known.arm !== "-"),
  ];
  return inline ? all.filter(({ gate }) => /^(stop|rule|recon|hold)/.test(gate)) : all;
}
