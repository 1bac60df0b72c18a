// Lets a page that is open learn that the shop has stopped something.

import type { ShopConfig } from "./contract.ts";
import type { Life } from "./life.ts";

/** The longest wait for the app, in milliseconds: without an answer everything goes on. */
const WAIT_MS = 5000;

/** Takes away at once and for good what the shop's configuration no longer holds. */
export async function look({ api, closers, request, shop, states }: Life): Promise<void> {
  const { campaigns } = shop;
  const { data } = await request(api.replace(/\w+\/$/, "config/$&").slice(0, -1), WAIT_MS);
  const now = (data as ShopConfig | null)?.campaigns;
  if (!Array.isArray(now)) return;
  for (const gone of campaigns.filter(({ id }) => !now.some((one) => one.id === id))) {
    (campaigns as unknown[]).splice(campaigns.indexOf(gone), 1);
    states[gone.id] = "stopped";
    closers[gone.id]?.(true);
  }
}
