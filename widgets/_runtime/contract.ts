// The shapes that pass between the app, the loader and the widgets.

export type Texts = Readonly<Record<string, string>>;

export interface Money {
  readonly amount: string;
  readonly currency: string;
}

/** A condition as data: a name and its values, or a group of further conditions. */
export type Rule = readonly [name: string, ...values: unknown[]];

export type Settings = Readonly<Record<string, unknown>>;

/** What shoppers are put into arms for. */
export interface Drawn {
  readonly id: number;
  readonly version: number;
  /** Variants with their weights, which sum to 100; "-" sees nothing. Absent: everybody is "a". */
  readonly arms?: readonly (readonly [arm: string, weight: number])[];
  /** The weight of who sees nothing, which stands first. */
  readonly holdout?: number;
  /** Makes the draw of one experiment independent of any other. */
  readonly salt?: string;
}

export interface Campaign extends Drawn {
  readonly widget: string;
  /** When to show; absent where a widget simply stands in its place. */
  readonly when?: Rule;
  readonly settings: Settings;
  /** What an arm changes in the settings. */
  readonly variants?: Readonly<Record<string, Settings>>;
  /** Example content, used by the preview alone. */
  readonly sample?: unknown;
}

export interface WidgetFiles {
  /** Imported in parallel; the last one is the widget itself. */
  readonly js: readonly string[];
  /** What a widget with this content imports on top, to be fetched at the same time. */
  readonly contents?: Readonly<Record<string, readonly string[]>>;
  readonly texts: Readonly<Record<string, string>>;
}

/** What the merchant has fixed; what is absent is read from the page. */
export interface Look {
  readonly accent?: string;
  readonly on?: string;
  readonly surface?: string;
  readonly ink?: string;
  readonly link?: string;
  readonly radius?: number;
  readonly font?: string;
  readonly head_font?: string;
  readonly size?: number;
  readonly button_height?: number;
}

/** How often shoppers of this shop may be interrupted at all. */
export interface Manners {
  readonly cooldown_days?: number;
  readonly most?: number;
  readonly most_days?: number;
  readonly quiet_days?: number;
  /** Nothing at all is kept on the device before the shopper's consent tool has said so. */
  readonly strict?: boolean;
}

export interface ShopConfig {
  readonly v: 1;
  readonly shop: string;
  readonly name: string;
  readonly languages: readonly string[];
  readonly address: string;
  readonly currency: string;
  readonly locale: string;
  readonly cart: string;
  readonly privacy: string;
  /** The zone that the hours of a schedule are meant in. */
  readonly zone?: string;
  /** The file that explains to merchants why something is, or is not, to be seen. */
  readonly why?: string;
  /** The whole shop: all campaigns that hold somebody out, as far as they do so together. */
  readonly whole?: Drawn;
  readonly look?: Look;
  readonly manners?: Manners;
  readonly widgets: Readonly<Record<string, WidgetFiles>>;
  readonly campaigns: readonly Campaign[];
}

/** What the app answered: its status (0 = no answer at all) and its JSON, if it was any. */
export interface Answer {
  readonly status: number;
  readonly data: unknown;
}

export interface CartItem {
  readonly key: string;
  readonly product_id: number | string;
  readonly quantity: number;
  /** What a saved cart needs on top: the article as the shop's cart takes it, and how it looks. */
  readonly variant?: string | undefined;
  readonly title?: string | undefined;
  readonly image?: string | undefined;
  /** The price of one piece. */
  readonly price?: string | undefined;
}

export interface Cart {
  readonly items: readonly CartItem[];
  /** What all lines come to after discounts, without shipping. */
  readonly total?: number | undefined;
  /** What its prices are in; the shop's own where the cart does not say. */
  readonly currency?: string | undefined;
}

/** What a shop without the Ajax cart of Shopify offers as `bleib.cart`. */
export interface CartHook {
  read(): Promise<Cart | undefined>;
  /** Puts one piece in; nothing is the answer for an article that cannot be bought now. */
  add(variant: string, properties: Record<string, string>): Promise<CartItem | undefined>;
  change(key: string, quantity: number): Promise<unknown>;
  /** Keeps a note with the cart, through to the order; the first word on a campaign stands. */
  note?(text: string): Promise<unknown>;
}

export type EventKind =
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

/**
 * What became of one suggestion, by where it came from and its article ("item_add r12 4711"), and
 * of the cart: what it was worth, what it is worth now, and how much of that a widget has added.
 */
export type Detail = `item_${"shown" | "click" | "add" | "undo"} ${string}` | `cart ${string}`;

/** Everything a widget may know and do; handed to its start function by the visit. */
export interface Host {
  readonly shop: ShopConfig;
  /** With the settings of the arm already merged into its own. */
  readonly campaign: Campaign;
  /** The variant this shopper sees: "a" where there is no experiment. */
  readonly arm: string;
  readonly texts: Texts;
  readonly lang: string;
  /** The element of the theme an inline widget stands in; null for one that opens over the page. */
  readonly placement: HTMLElement | null;
  /** null in the shop; in a preview the state to show ("" = the first one). */
  readonly preview: string | null;
  readonly cart: CartHook | null;
  /** Whom the shop's own server vouches for, as far as the page has said so. */
  readonly person: { readonly id?: string; readonly hash?: string };
  /** Aborted when Bleib is stopped: listeners end, the widget leaves the page. */
  readonly signal: AbortSignal;
  /** Fulfilled when the widget is to be seen; what opens over the page is drawn before that. */
  readonly shown: Promise<unknown>;
  /** A random identifier for what is sent once but may arrive twice. */
  uuid(): string;
  /** The signed, short-lived number of this page view that events count with; "" without one. */
  ticket(): Promise<string>;
  /** Asks the app below `/v1/<shop key>/`; never throws. */
  api(path: string, body?: unknown): Promise<Answer>;
  event(kind: EventKind | Detail): void;
  /** The shopper said no: kept for this page, and longer where it may be remembered. */
  refuse(): unknown;
  /** The shopper signed up: never asked again on this page, nor later where it may be remembered. */
  done(): unknown;
}

/**
 * What every widget's module exports as its default: draws the widget and returns how it is
 * closed, or nothing where there was nothing to draw.
 */
export type Start = (host: Host) => Promise<Close | undefined> | Close | undefined;
export type Close = () => void;

/** The questions that are asked, in this order, before a campaign is shown. */
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

/** The answer to one of them. */
export interface Verdict {
  readonly gate: Gate;
  readonly passes: boolean;
  /** What stood in the way, as a word or a number. */
  readonly detail?: string;
  /** From when on it would pass, as an ISO date. */
  readonly until?: string;
}

/** Why a campaign is, or is not, to be seen. */
export interface Trace {
  readonly campaign: number;
  readonly widget: string;
  /** Whether it is, or was, to be seen on this page. */
  readonly shown: boolean;
  /** "no_placement", "failed", "nothing_to_show" and the like, where it is not the gates. */
  readonly state: string;
  readonly gates: readonly Verdict[];
}
