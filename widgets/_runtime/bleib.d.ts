// Types of `window.bleib` and of the events on `document`, version 1.
//
// Copy this file into your project, or name it in `types`. Nothing in it is needed at run time.

/** What is counted, and dispatched on `document` as `bleib:<kind>`. */
export type BleibKind =
  | "impression"
  | "withheld"
  | "dismissal"
  | "open"
  | "sign_up"
  | "click"
  | "add"
  | "answer_ship"
  | "answer_time"
  | "answer_return"
  | "answer_size"
  | "answer_look"
  | "saved"
  | "teaser";

/** What an event is about. `arm` is the variant of an experiment, "a" without one. */
export interface BleibEvent {
  readonly widget: string;
  readonly campaign: number;
  readonly arm: string;
}

export interface CartItem {
  /** Names the line in your cart. */
  readonly key: string;
  /** The id that you told by API or file. */
  readonly product_id: number | string;
  readonly quantity: number;
  /** For the saved cart: the article as your cart takes it, and how it looks. */
  readonly variant?: string | undefined;
  readonly title?: string | undefined;
  readonly image?: string | undefined;
  /** The price of one piece, for conditions on the cart's worth. */
  readonly price?: string | undefined;
}

export interface Cart {
  readonly items: readonly CartItem[];
  /** What all lines come to after discounts, without shipping: for free-shipping progress. */
  readonly total?: number | undefined;
  /** What its prices are in; the shop's own currency where the cart does not say. */
  readonly currency?: string | undefined;
}

/** How Bleib reads and changes the cart of a shop that it does not know. */
export interface CartHook {
  read(): Promise<Cart | undefined>;
  /** Puts one piece in; nothing is the answer for an article that cannot be bought now. */
  add(variant: string, properties: Record<string, string>): Promise<CartItem | undefined>;
  /** Changes a line; quantity 0 takes it out. */
  change(key: string, quantity: number): Promise<unknown>;
  /**
   * Keeps a note with your cart, to be told as `arms` of the order: which versions of our
   * campaigns were compared, nothing about the shopper. Called again with more; keep the last.
   */
  note?(text: string): Promise<unknown>;
}

/** What the shopper allowed. What is absent counts as not allowed. */
export interface Consent {
  readonly necessary?: boolean;
  readonly preferences?: boolean;
}

/** Who the shopper is: vouched for by your server with `id` and `hash`, or as far as you know. */
export interface Identity {
  /** E-mail address, or your id of the customer. */
  readonly id?: string;
  /** Made on your server with your secret; see docs/embedding.md. */
  readonly hash?: string;
  /** Known without asking us. */
  readonly subscriber?: boolean;
  /** Whether the shopper is logged in. */
  readonly customer?: boolean;
}

/** The questions asked before a campaign is shown, in this order. */
export type Gate =
  | "stopped"
  | "page_type"
  | "rule"
  | "recontact"
  | "quiet"
  | "cooldown"
  | "budget"
  | "page"
  | "occupied"
  | "holdout";

export interface Verdict {
  readonly gate: Gate;
  readonly passes: boolean;
  /** What stood in the way. */
  readonly detail?: string;
  /** From when on it would pass, as an ISO date. */
  readonly until?: string;
}

/** Why a campaign is, or is not, to be seen. */
export interface Trace {
  readonly campaign: number;
  readonly widget: string;
  readonly shown: boolean;
  /** Where it is not the gates: "no_placement", "out_of_sight", "nothing_to_show", "failed" … */
  readonly state: string;
  /** As far as they were asked. */
  readonly gates: readonly Verdict[];
  /** The same in the language of the page: "not shown: cooldown until 18 Dec". */
  readonly sentence: string;
}

export interface Bleib {
  /** Opens a widget, or one campaign by its number, because the shopper asked for it. */
  open(which: string | number): unknown;
  /** Closes everything of ours. */
  close(): void;
  /** Calls `listener` at each event of this kind; returns how to stop that. */
  on(kind: BleibKind, listener: (event: BleibEvent) => unknown): () => void;
  /** Hands on what the shopper allowed. */
  consent(given?: Consent | null): unknown;
  /** Tells who the shopper is. */
  identify(who: Identity): unknown;
  /** Your cart; set it before or after the tag. */
  cart: CartHook | null;
  /** The note for the order, for instance in a field of your checkout; absent without any. */
  note?(): string;
  /** Says for each campaign why it is, or is not, to be seen. Prints nothing. */
  why(): Promise<readonly Trace[]>;
  /** Closes everything and ends every listener, until the page is loaded anew. */
  stop(): void;
}

type BleibEvents = {
  readonly [Kind in BleibKind as `bleib:${Kind}`]: CustomEvent<BleibEvent>;
};

declare global {
  interface Window {
    /** Absent where Bleib is blocked; before the tag has loaded it holds what you put there. */
    bleib?: Partial<Bleib>;
  }
  interface DocumentEventMap extends BleibEvents {
    /**
     * The cart was changed by Bleib, whose detail it is: draw yours anew. Dispatch it without a
     * detail where you have changed the cart.
     */
    "bleib:cart": CustomEvent<Cart | undefined>;
    /** Dispatch this instead of calling `bleib.consent`. */
    "bleib:consent": CustomEvent<Consent>;
  }
}
