// The newsletter sign-up as a part of the page.

import type { Close, Host } from "../_runtime/contract.ts";
import { signUp } from "../_runtime/form.ts";
import { place } from "../_runtime/place.ts";
import css from "./style.css";

/** Draws the sign-up into its placement. */
export default async (host: Host): Promise<Close | undefined> =>
  place(host, [css], await signUp(host));
