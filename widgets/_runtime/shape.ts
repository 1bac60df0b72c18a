// Takes a configuration that may be anything, and keeps what can be used.

import type { Campaign, ShopConfig } from "./contract.ts";

/** The configuration, without campaigns that cannot be drawn; null where it is none at all. */
export function shaped(value: unknown): ShopConfig | null {
  const { v, campaigns, widgets } = (value ?? {}) as Partial<ShopConfig>;
  if (v !== 1 || !Array.isArray(campaigns) || !widgets) return null;
  const usable = (campaign: Partial<Campaign> | null) =>
    campaign?.settings && widgets[`${campaign.widget}`]?.texts;
  return { ...(value as ShopConfig), campaigns: campaigns.filter(usable) };
}

/** A file name and nothing else: no folder, no other host. Throws where it is more. */
export function fileName(value: unknown): string {
  if (!/^[\w-]+(\.[\w-]+)+$/.test(`${value}`)) throw value;
  return `${value}`;
}
