// Which variant a shopper sees: the same one as long as that may be remembered.

import type { Detail, Drawn, EventKind } from "./contract.ts";
import type { Life } from "./life.ts";

// FNV-1a, the same in every browser for ever: whoever changes it deals the cards anew.
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const letter of text)
    value = Math.imul(value ^ (letter.codePointAt(0) as number), 0x01000193);
  return value >>> 0;
}

/** A random number, and which version of each campaign it was counted for. */
type Draw = readonly [seed: string, counted: Readonly<Record<number, number>>];

export const EXPOSED = /^(impression|withheld)$/;
let drawn: Draw | undefined;

// For this page alone, unless more is allowed.
function draw({ recall, remember }: Life): Draw {
  const known = recall<Draw>("bleib.ab");
  drawn = known ?? drawn ?? [`${crypto.getRandomValues(new Uint32Array(1))[0]}`, {}];
  if (!known) remember("bleib.ab", drawn);
  return drawn;
}

// Who is held out on each page anew must not be drawn by what outlasts the page.
function seed(life: Life): string {
  const [chance] = draw(life);
  return (life.recall<Draw>("bleib.ab") && life.person.id) || chance;
}

/**
 * Whether a shopper's arm was counted on an earlier view: a draw is one exposure, however often
 * the same shopper comes by.
 */
export function again(life: Life, { id, version }: Drawn, kind: EventKind | Detail): boolean {
  const { view } = life;
  const [chance, counted] = draw(life);
  view.met ??= {};
  if (!EXPOSED.test(kind)) return view.met[id] === "";
  view.met[id] ??= counted[id] === version ? "" : kind;
  drawn = [chance, { ...counted, [id]: version }];
  life.remember("bleib.ab", drawn);
  // Who is held out and opens it by a click is no second exposure.
  return view.met[id] !== kind;
}

/** The arms of all campaigns that the shopper was counted for: a sign-up is an outcome of each. */
export function exposed(life: Life): Record<number, string> {
  const [, counted] = draw(life);
  const met = life.shop.campaigns.filter(({ id, version }) => counted[id] === version);
  return Object.fromEntries(met.map((campaign) => [campaign.id, armOf(life, campaign)]));
}

// A number below `of` that a shopper draws; without a salt it is the same for all campaigns. The
// salt comes first: behind the seed it would only move the number by one of 256 amounts.
const place = (life: Life, of: number, salt = "") => hash(salt + seed(life)) % of;

/**
 * The arm of a shopper in a campaign; "-" sees nothing. One draw for all campaigns says who does:
 * whoever sees nothing of one with a small holdout sees nothing of those with a larger one.
 */
export function armOf(life: Life, { arms, salt, holdout = 0 }: Drawn): string {
  if (!arms || life.preview !== null || life.trial) return "a";
  // The holdout stands first.
  let left = place(life, 100) < holdout ? 0 : holdout + place(life, 100 - holdout, salt);
  for (const [arm, weight] of arms) {
    left -= weight;
    if (left < 0) return arm;
  }
  return "a";
}
