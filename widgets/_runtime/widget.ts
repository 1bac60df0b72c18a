// Brings one widget in and gives it everything it may know and do.

import type {
  Campaign,
  CartHook,
  Close,
  EventKind,
  Host,
  ShopConfig,
  Start,
  Texts,
} from "./contract.ts";
import { uuid } from "./events.ts";
import { refuse, signedUp } from "./frequency.ts";
import { request } from "./request.ts";
import { fileName } from "./shape.ts";
import { language, variant } from "./texts.ts";

const ANSWER_MS = 8000;

/** The cart of a preview: it holds something and takes everything. */
const sham = async () => ({ items: [{ product_id: 1 }] as never[] });
const SHAM = { read: sham, add: sham, change: sham } as unknown as CartHook;

/** What all widgets of a page share while Bleib runs on it. */
export interface Life {
  readonly tag: HTMLElement;
  /** Addresses: of the bundles and of the app's answers for this shop. */
  readonly files: string;
  readonly api: string;
  /** null in the shop, else the state to show. */
  readonly preview: string | null;
  readonly signal: AbortSignal;
  /** Why each widget is, or is not, to be seen. */
  readonly states: Record<string, string>;
  readonly closers: Record<string, Close>;
  cart(): CartHook | null;
  tell(kind: EventKind, widget: string, campaign: number): void;
}

function hostOf(
  life: Life,
  shop: ShopConfig,
  campaign: Campaign,
  placement: HTMLElement | null,
  texts: Texts,
): Host {
  const { preview, signal } = life;
  const { widget, id, settings, sample } = campaign;
  return {
    shop,
    campaign,
    placement,
    preview,
    signal,
    texts,
    uuid,
    arm: "a",
    ticket: async () => "",
    lang: language(shop, life.tag),
    get cart() {
      return preview === null ? life.cart() : SHAM;
    },
    api: async (path, body) =>
      preview === null ? request(life.api + path, ANSWER_MS, body) : { status: 202, data: sample },
    event: (kind) => life.tell(kind, widget, id),
    refuse: () => preview === null && refuse(widget, Number(settings.recontact_days)),
    done: () => preview === null && signedUp(),
  };
}

/**
 * How a widget is loaded and how it is shown. Each lives and fails for itself: whatever goes
 * wrong ends as a state, and the page goes on.
 */
export function prepare(
  life: Life,
  shop: ShopConfig,
  campaign: Campaign,
  placement: HTMLElement | null,
): [load: () => Promise<unknown>, show: () => Promise<void>] {
  const { files, states, signal } = life;
  const { widget } = campaign;
  const parts = shop.widgets[widget];
  const words = variant(parts?.texts ?? {}, language(shop, life.tag), shop.address);
  const js = parts?.js ?? [];
  // All at once: what a file needs of another is then already on its way.
  const load = async (): Promise<[Record<string, Texts>, ...{ default: Start }[]]> =>
    Promise.all([words, ...js].map((name) => import(files + fileName(name)))) as never;
  const show = async () => {
    states[widget] = "failed";
    try {
      const [texts, ...modules] = await load();
      const start = modules.pop()?.default;
      if (!start || signal.aborted) return;
      const close = await start(hostOf(life, shop, campaign, placement, texts[widget] ?? {}));
      if (close) life.closers[widget] = close;
      states[widget] = close ? "shown" : "nothing_to_show";
    } catch {
      // The state already says so.
    }
  };
  return [load, show];
}
