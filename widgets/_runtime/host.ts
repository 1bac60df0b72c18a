// What a widget is handed: the shop, its campaign, and what it may ask of us.

import { exposed } from "./arms.ts";
import type { Campaign, CartHook, Detail, EventKind, Host, Texts } from "./contract.ts";
import { ticketOf, uuid } from "./events.ts";
import { ANSWER_MS, life, refuse, signedUp } from "./known.ts";

/** The cart of a preview: it holds something and takes everything. */
const sham = async () => ({ items: [{ product_id: 1 }] as never[] });
const SHAM = { read: sham, add: sham, change: sham } as unknown as CartHook;

/** Everything a campaign's widget may know and do; `happened` counts. */
export function hostOf(
  campaign: Campaign,
  arm: string,
  texts: Texts,
  signal: AbortSignal,
  shown: Promise<unknown>,
  happened: (kind: EventKind | Detail) => void,
): Host {
  const { shop, lang, preview, request, api } = life;
  const { id, sample } = campaign;
  const real = preview === null;
  return {
    shop,
    campaign,
    arm,
    texts,
    lang,
    preview,
    signal,
    shown,
    uuid,
    placement: life.placement(campaign),
    person: life.person,
    get cart() {
      return real ? life.cart() : SHAM;
    },
    ticket: () => ticketOf(life),
    api: async (path, body) => {
      if (!real) return { status: 202, data: sample };
      const told = path === "subscriptions" && {
        arm,
        ticket: await ticketOf(life),
        arms: exposed(life),
      };
      return request(api + path, ANSWER_MS, told ? { ...(body as object), ...told } : body);
    },
    event: happened,
    refuse: () => real && refuse(id),
    done: () => real && signedUp(),
  };
}
