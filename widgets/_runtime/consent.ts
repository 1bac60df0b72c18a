// What may be stored on the device: tier 0 nothing, tier 1 the strictly necessary, tier 2 more.

import LEDGER from "./ledger.json";

export type LedgerKey = keyof typeof LEDGER;

/** What a shop or its consent tool tells. */
export interface Consent {
  /** False empties everything at once. */
  readonly necessary?: boolean;
  readonly preferences?: boolean;
}

const DAY = 864e5;
const KEYS = Object.keys(LEDGER) as LedgerKey[];
const NOTHING: Consent = {};
let told = NOTHING;
let strict: boolean | undefined;

/** Where a shop is strict, even the strictly necessary waits for its consent tool. */
export const beStrict = (value: boolean | undefined) => {
  strict = value;
};

/** What may be stored at this moment. */
export const tier = () => (told.preferences ? 2 : !strict || told.necessary ? 1 : 0);

/** Whether anybody has said anything yet. */
export const decided = () => told !== NOTHING;

// Storage may be blocked: then nothing is kept, and nothing has to be deleted.
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** Takes a decision over. What is withdrawn takes with it, at once, all that was ever stored. */
export function consent(given?: Consent | null): void {
  const had = told.preferences;
  told = given ?? {};
  quietly(() => {
    const gone =
      told.necessary === false ||
      // Where something of tier 2 is left it was allowed once, on another page perhaps.
      (!told.preferences && KEYS.some((key) => LEDGER[key].tier > 1 && (had || localStorage[key])));
    for (const key of KEYS) {
      if (gone || LEDGER[key].tier > tier()) localStorage.removeItem(key);
    }
  });
}

/** Stores a value for as long as the ledger says, where the tier allows it. */
export function remember(key: LedgerKey, value: unknown): void {
  quietly(() => {
    const { tier: from, days } = LEDGER[key];
    if (from <= tier()) localStorage.setItem(key, JSON.stringify([Date.now() + days * DAY, value]));
  });
}

/** What was stored and still holds; reads nothing where the tier does not allow it. */
export function recall<T>(key: LedgerKey): T | undefined {
  return quietly(() => {
    if (LEDGER[key].tier > tier()) return undefined;
    const [until, value] = JSON.parse(localStorage.getItem(key) as string);
    if (until > Date.now()) return value;
    localStorage.removeItem(key);
  });
}
