// What the loader and what it brings in share while Bleib runs on a page.

import type { Consent, recall, remember, tier } from "./consent.ts";
import type { Campaign, CartHook, Rule, ShopConfig } from "./contract.ts";
import type { request } from "./request.ts";
import type { Facts, holds } from "./rules.ts";

/** Whom the shop's own server vouches for. */
export interface Person {
  readonly id?: string;
  readonly hash?: string;
  readonly subscriber?: boolean;
  readonly customer?: boolean;
}

/** One page as the shopper sees it: in a single-page shop each route is another one. */
export interface View {
  /** When it began, in milliseconds of the browser's own clock. */
  readonly began: number;
  /** How far it was scrolled at most, in percent. */
  deepest: number;
  /** Whether an interruption was shown on it, or withheld for a comparison. */
  asked?: boolean;
  /** Whether it is among the pages of this visit, where those may be counted. */
  noted?: boolean;
  /** What each campaign was first counted for on this view; "" where an earlier one was. */
  met?: Record<number, string>;
  ticket?: Promise<string>;
  /** The ticket once it has come. */
  known?: string;
}

/** What the loader knows and does, while it waits for a sign. */
export interface Waiting {
  readonly tag: HTMLElement;
  readonly shop: ShopConfig;
  /** Addresses: of the bundles and of the app's answers for this shop. */
  readonly files: string;
  readonly api: string;
  /** null in the shop, else the state to show. */
  readonly preview: string | null;
  /** "" where events count; else why they do not, or only apart: "editor", "why". */
  readonly trial: string;
  /** Aborted when Bleib is stopped. */
  readonly signal: AbortSignal;
  readonly lang: string;
  /** The query that the shopper came with. */
  readonly landing: string;
  person: Person;
  view: View;
  /** What became of each campaign, by its id. */
  readonly states: Record<number, string>;
  /** How each campaign that is to be seen is closed; `true` takes it away at once and for good. */
  readonly closers: Record<number, (end?: boolean) => void>;
  /** What was told of consent before anybody was there to hear it. */
  readonly told: Consent[];
  /** Hears of consent; the visit listens for itself. */
  consent(given: Consent): void;
  cart(): CartHook | null;
  placement(campaign: Campaign): HTMLElement | null;
  /** Tries everything once more that waits for nothing but time, place and cart. */
  again(): void;
  readonly request: typeof request;
}

/** What the visit adds: nothing is stored, and few rules are decided, before it has begun. */
export interface Life extends Waiting {
  facts(moment?: Rule | null): Facts;
  holds: typeof holds;
  tier: typeof tier;
  recall: typeof recall;
  remember: typeof remember;
}
