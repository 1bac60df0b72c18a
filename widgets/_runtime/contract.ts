// The shapes that pass between the app, the loader and the widgets.

export type Texts = Readonly<Record<string, string>>;

export interface Money {
  readonly amount: string;
  readonly currency: string;
}

export interface Campaign {
  readonly id: number;
  readonly widget: string;
  readonly version: number;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Example content, used by the preview alone. */
  readonly sample?: unknown;
}

export interface WidgetFiles {
  readonly js: string;
  readonly texts: Readonly<Record<string, string>>;
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
}

export interface Cart {
  readonly items: readonly CartItem[];
}

/** What a shop without the Ajax cart of Shopify offers as `bleib.cart`. */
export interface CartHook {
  read(): Promise<Cart | undefined>;
  /** Puts one piece in; nothing is the answer for an article that cannot be bought now. */
  add(variant: string, properties: Record<string, string>): Promise<CartItem | undefined>;
  change(key: string, quantity: number): Promise<unknown>;
}

export type EventKind = "impression" | "dismissal" | "open" | "sign_up" | "click" | "add";

/** Everything a widget may know and do; handed to its start function by the loader. */
export interface Host {
  readonly shop: ShopConfig;
  readonly campaign: Campaign;
  readonly texts: Texts;
  readonly lang: string;
  /** The element of the theme an inline widget stands in; null for one that opens over the page. */
  readonly placement: HTMLElement | null;
  /** null in the shop; in a preview the state to show ("" = the first one). */
  readonly preview: string | null;
  readonly cart: CartHook | null;
  /** Aborted when Bleib is stopped: listeners end, the widget leaves the page. */
  readonly signal: AbortSignal;
  /** A random identifier for what is sent once but may arrive twice. */
  uuid(): string;
  /** Asks the app below `/v1/<shop key>/`; never throws. */
  api(path: string, body?: unknown): Promise<Answer>;
  event(kind: EventKind): void;
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
