// What may be stored on the device: tier 0 nothing, tier 1 the strictly necessary, tier 2 more.

export type Tier = 0 | 1 | 2;

/** Every key that may ever be written, from which tier on, for how long at most, and why. */
export const LEDGER = {
  // "No thanks", so that the same question is not asked again. Written by the refusal itself.
  "bleib.no": { tier: 1, days: 365 },
  // Signed up, so that nobody is asked for what they already gave. Written by the sign-up itself.
  "bleib.ok": { tier: 1, days: 365 },
  // Shown without an answer, so that a day passes before the next time.
  "bleib.seen": { tier: 2, days: 1 },
} as const;

export type LedgerKey = keyof typeof LEDGER;

/** What a shop or its consent tool tells: both are refused until said otherwise. */
export interface Consent {
  readonly necessary?: boolean;
  readonly preferences?: boolean;
}

const DAY = 864e5;
let tier: Tier = 0;

/** Takes a decision over; withdrawing one deletes at once what it had allowed to store. */
export function consent(given: Consent | null | undefined): Tier {
  tier = given?.preferences === true ? 2 : given?.necessary === true ? 1 : 0;
  for (const key of Object.keys(LEDGER) as LedgerKey[]) {
    if (LEDGER[key].tier > tier) {
      try {
        localStorage.removeItem(key);
      } catch {
        // Storage is blocked, so there is nothing to delete.
      }
    }
  }
  return tier;
}

/** Stores that `key` holds for `days`, where the tier allows it. */
export function remember(key: LedgerKey, days: number): void {
  if (LEDGER[key].tier > tier) return;
  try {
    localStorage.setItem(key, `${Date.now() + Math.min(days, LEDGER[key].days) * DAY}`);
  } catch {
    // A full or blocked storage only shortens the memory to this page.
  }
}

/** Whether `key` still holds; reads nothing where the tier does not allow it. */
export function recall(key: LedgerKey): boolean {
  if (LEDGER[key].tier > tier) return false;
  try {
    return Number(localStorage.getItem(key)) > Date.now();
  } catch {
    return false;
  }
}

interface CustomerPrivacy {
  preferencesProcessingAllowed?(): boolean;
}

/** Follows the consent tool of the page: Shopify's, or anyone's through `bleib:consent`. */
export function followConsent(signal: AbortSignal): void {
  const shopify = (window as { Shopify?: { customerPrivacy?: CustomerPrivacy } }).Shopify;
  if (shopify?.customerPrivacy?.preferencesProcessingAllowed?.()) consent({ preferences: true });
  const on = (name: string, read: (detail: Record<string, unknown>) => Consent) =>
    document.addEventListener(
      name,
      (event) => consent(read((event as CustomEvent<Record<string, unknown>>).detail ?? {})),
      { signal },
    );
  on("visitorConsentCollected", (detail) => ({
    preferences: detail.preferencesAllowed === true,
  }));
  on("bleib:consent", (detail) => detail);
}
