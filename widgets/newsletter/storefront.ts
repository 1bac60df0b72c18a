// The newsletter sign-up as a part of the page.

import type { Close, Host } from "../_runtime/contract.ts";
import { signUp } from "../_runtime/form.ts";
import { place } from "../_runtime/place.ts";
import css from "./style.css";

/** Draws the sign-up into its placement. */
export default async function start(host: Host): Promise<Close | undefined> {
  const { fields, gift, layout } = host.campaign.settings;
  const asked = fields || gift || layout;
  const more = asked ? (await import("../_runtime/further.ts")).further(host) : undefined;
  return place(host, [css, more?.css ?? ""], signUp(host, more));
}
