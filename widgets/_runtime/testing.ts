// What the unit tests share: a host without a network, and the parts that jsdom does not have.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer, CartHook, Host, ShopConfig, Texts } from "./contract.ts";

/** Everything a widget asked for while it was tested. */
export interface Seen {
  readonly asked: [path: string, body: unknown][];
  readonly events: string[];
  refused: number;
  done: number;
}

export interface FakeHost extends Host {
  readonly seen: Seen;
}

type Value = string | Readonly<Record<string, string>>;

/** The texts of a widget as the build would flatten them. */
export function textsOf(widget: string, language = "de", form = "sie"): Texts {
  const path = join(import.meta.dirname, "..", widget, "texts", `${language}.json`);
  const { shopper } = JSON.parse(readFileSync(path, "utf8")) as { shopper: Record<string, Value> };
  return Object.fromEntries(
    Object.entries(shopper).map(([key, value]) => [
      key,
      typeof value === "string" ? value : (value[form] ?? ""),
    ]),
  );
}

const SHOP: ShopConfig = {
  v: 1,
  shop: "uferhaus",
  name: "Uferhaus",
  languages: ["de", "en"],
  address: "sie",
  currency: "EUR",
  locale: "de-DE",
  cart: "shopify",
  privacy: "https://shop.example/datenschutz",
  widgets: {},
  campaigns: [],
};

/** A host for a widget with settings; `answer` is what the app says to everything. */
export function hostOf(
  widget: string,
  settings: Readonly<Record<string, unknown>>,
  {
    answer = { status: 202, data: null },
    cart = null,
    ...shop
  }: {
    answer?: Answer;
    cart?: CartHook | null;
  } & Omit<Partial<ShopConfig>, "cart"> = {},
): FakeHost {
  const seen: Seen = { asked: [], events: [], refused: 0, done: 0 };
  const placement = document.createElement("div");
  document.body.replaceChildren(placement);
  return {
    seen,
    placement,
    cart,
    shop: { ...SHOP, ...shop },
    campaign: { id: 5, widget, version: 2, settings },
    texts: textsOf(widget),
    lang: "de",
    preview: null,
    person: {},
    signal: new AbortController().signal,
    shown: Promise.resolve(),
    arm: "a",
    ticket: async () => "ticket",
    uuid: () => "00000000-0000-4000-8000-000000000000",
    api: async (path, body) => {
      seen.asked.push([path, body]);
      return answer;
    },
    event: (kind) => seen.events.push(kind),
    refuse: () => seen.refused++,
    done: () => seen.done++,
  };
}

/** The shadow root a widget has drawn into its placement. */
export const drawn = (host: Host): ShadowRoot =>
  host.placement?.firstElementChild?.shadowRoot as ShadowRoot;

/** Lets everything that waits for an answer go on. */
export const settled = () => new Promise((done) => setTimeout(done));
