// Takes a configuration apart that may be anything, and keeps what can be used.

import type { Campaign, ShopConfig, WidgetFiles } from "./contract.ts";

type Loose = Record<string, unknown>;

const object = (value: unknown): value is Loose =>
  !!value && typeof value === "object" && !Array.isArray(value);

// A file name and nothing else: no folder, no other host.
const file = (value: unknown): value is string =>
  typeof value === "string" && /^[\w-]+(\.[\w-]+)+$/.test(value);

const files = (value: unknown): value is WidgetFiles =>
  object(value) && file(value["js"]) && object(value["texts"]) && Object.values(value["texts"]).every(file);

/** The configuration, without campaigns that cannot be drawn; null where it is none at all. */
export function shaped(value: unknown): ShopConfig | null {
  if (!object(value) || value["v"] !== 1) return null;
  const { widgets, campaigns } = value;
  if (!object(widgets) || !Array.isArray(campaigns)) return null;
  const words: Loose = {};
  for (const key of ["shop", "name", "address", "currency", "locale", "cart", "privacy"]) {
    words[key] = typeof value[key] === "string" ? value[key] : "";
  }
  const languages = Array.isArray(value["languages"]) ? value["languages"].map(String) : [];
  const usable = campaigns.filter(
    (campaign): campaign is Campaign & Loose =>
      object(campaign) &&
      typeof campaign["id"] === "number" &&
      /^\w+$/.test(`${campaign["widget"]}`) &&
      object(campaign["settings"]) &&
      files(widgets[`${campaign["widget"]}`]),
  );
  return { ...words, v: 1, languages, widgets, campaigns: usable } as unknown as ShopConfig;
}
