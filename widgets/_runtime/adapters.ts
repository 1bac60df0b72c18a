// Follows the consent tool of the page, whichever it is, without asking anything of the shopper.

import type { Consent } from "./consent.ts";

interface TcData {
  readonly eventStatus?: string;
  readonly listenerId?: number;
  readonly gdprApplies?: boolean;
  readonly purpose?: { readonly consents?: Readonly<Record<string, boolean>> };
  readonly publisher?: { readonly consents?: Readonly<Record<string, boolean>> };
}

interface Category {
  readonly state?: string;
}

/** What the tools that we know put on the page. */
interface Tools {
  readonly Shopify?: {
    readonly customerPrivacy?: {
      preferencesProcessingAllowed?(): boolean;
      currentVisitorConsent?(): { readonly preferences?: string };
    };
  };
  readonly Cookiebot?: {
    readonly hasResponse?: boolean;
    readonly consent?: { readonly preferences?: boolean };
  };
  readonly UC_UI?: {
    isConsentRequired?(): boolean;
    getServicesBaseInfo?(): {
      readonly categorySlug: string;
      readonly consent: { readonly status: boolean };
    }[];
  };
  readonly __ucCmp?: {
    getConsentDetails(): Promise<{
      readonly consent?: { readonly type?: string };
      readonly categories?: Readonly<Record<string, Category>>;
    }>;
  };
  readonly __tcfapi?: (
    command: string,
    version: number,
    listener: (data: TcData, success: boolean) => void,
    parameter?: number,
  ) => void;
  readonly dataLayer?: ArrayLike<unknown> & { push(...entries: unknown[]): unknown };
}

/** A category of Usercentrics in which a memory for the shopper's own comfort belongs. */
const COMFORT = /^(functional|preferences)$/;
/** What the tools say when they are there or something was decided; on document or window. */
const NEWS =
  "visitorConsentCollected CookiebotOnConsentReady CookiebotOnAccept CookiebotOnDecline UC_UI_INITIALIZED UC_UI_CMP_EVENT UC_CONSENT load";

const tools = window as Tools;

// What each tool says to preferences; nothing where it is not on the page, or where the shopper has
// not answered yet: what it then allows by itself nobody has decided.
const WORD: (() => boolean | undefined | Promise<boolean | undefined>)[] = [
  () => {
    const { preferencesProcessingAllowed, currentVisitorConsent } =
      tools.Shopify?.customerPrivacy ?? {};
    const open = currentVisitorConsent?.().preferences === "";
    return (
      preferencesProcessingAllowed?.() || (open ? undefined : preferencesProcessingAllowed && false)
    );
  },
  () => (tools.Cookiebot?.hasResponse ? tools.Cookiebot.consent?.preferences : undefined),
  () =>
    tools.UC_UI?.isConsentRequired?.()
      ? undefined
      : tools.UC_UI?.getServicesBaseInfo?.().some(
          ({ categorySlug, consent }) => COMFORT.test(categorySlug) && consent.status,
        ),
  async () => {
    const { consent, categories = {} } = (await tools.__ucCmp?.getConsentDetails()) ?? {};
    if (!consent || consent.type === "IMPLICIT") return undefined;
    return Object.entries(categories).some(
      ([name, { state }]) => COMFORT.test(name) && state === "ALL_ACCEPTED",
    );
  },
];

/**
 * Calls `tell` with every decision that the page's consent tool passes on, until `signal` ends.
 * A "no" that withdraws nothing of the tool's own is told only while nothing is `decided`.
 */
export function followConsent(
  tell: (given: Consent) => void,
  decided: () => boolean,
  signal: AbortSignal,
): void {
  const last: unknown[] = [];
  const allow = (preferences: boolean) => signal.aborted || tell({ preferences });
  const hear = (index: number, now: boolean | undefined) => {
    const news = now !== undefined && now !== last[index];
    if (news && (now || last[index] || !decided())) allow(now);
    last[index] = now;
  };
  let layer: Tools["dataLayer"];
  let asked = false;
  const attempts = [
    ...WORD.map((word, index) => async () => hear(index, await word())),
    async () => {
      if (asked || !tools.__tcfapi) return;
      asked = true;
      followTcf(tools.__tcfapi, allow, signal);
    },
    async () => {
      if (layer || !tools.dataLayer) return;
      layer = tools.dataLayer;
      followLayer(layer, allow, signal);
    },
  ];
  // What another's tool does wrong is not ours to say.
  const ask = () => {
    for (const attempt of attempts) attempt().catch(() => {});
  };
  for (const name of NEWS.split(" ")) {
    for (const target of [window, document]) target.addEventListener(name, ask, { signal });
  }
  ask();
}

function followTcf(
  api: NonNullable<Tools["__tcfapi"]>,
  allow: (preferences: boolean) => unknown,
  signal: AbortSignal,
): void {
  api("addEventListener", 2, (data, success) => {
    const { eventStatus, gdprApplies, publisher, purpose, listenerId } = data ?? {};
    if (signal.aborted) return api("removeEventListener", 2, () => {}, listenerId);
    // Purpose 1 is to store something on the device; the publisher is the shop itself.
    if (success && gdprApplies && /loaded|complete/.test(`${eventStatus}`))
      allow(!!(publisher?.consents?.[1] ?? purpose?.consents?.[1]));
  });
}

// Google's consent mode is a queue that tools write "consent, update, {…}" into.
function followLayer(
  layer: NonNullable<Tools["dataLayer"]>,
  allow: (preferences: boolean) => unknown,
  signal: AbortSignal,
): void {
  const read = (entry: unknown) => {
    // Anything may be pushed, and nothing that it is may disturb whoever pushes it.
    try {
      const { 0: what, 1: how, 2: states } = entry as ArrayLike<unknown>;
      const { personalization_storage: own, functionality_storage: other = own } =
        states as Readonly<Record<string, string | undefined>>;
      // What holds by default nobody has decided.
      if (what === "consent" && how === "update" && (own ?? other))
        allow((own ?? other) === "granted");
    } catch {}
  };
  const push = layer.push;
  const heard = function (this: unknown, ...entries: unknown[]) {
    const answer = push.apply(layer, entries);
    if (!signal.aborted) entries.forEach(read);
    return answer;
  };
  Array.from(layer).forEach(read);
  layer.push = heard;
  signal.addEventListener("abort", () => {
    if (layer.push === heard) layer.push = push;
  });
}
