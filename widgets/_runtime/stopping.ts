// Lets a page that is open learn that the shop has stopped something.

import type { ShopConfig } from "./contract.ts";
import type { Life } from "./life.ts";

/** How many milliseconds apart a page looks, while something of ours is to be seen. */
const LOOK_MS = 30_000;
/** The longest wait for the app, in milliseconds: without an answer everything goes on. */
const WAIT_MS = 5000;

let looked = 0;

/** Takes away at once and for good what the shop's configuration no longer holds. */
async function drop({ api, closers, request, shop, states }: Life): Promise<void> {
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

/** Looks if the last look is too long ago; true while there is something that may be taken away. */
export async function look(life: Life): Promise<boolean> {
  const now = performance.now();
  if (!document.hidden && now - looked >= LOOK_MS) {
    looked = now;
    await drop(life);
  }
  // What was closed leaves an empty box behind (dom.ts, mount).
  const boxes = [...document.querySelectorAll("div[lang]")];
  const seen = boxes.some(({ shadowRoot }) => shadowRoot?.firstElementChild?.firstElementChild);
  return seen && !life.signal.aborted;
}
