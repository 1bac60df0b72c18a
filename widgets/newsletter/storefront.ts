// The newsletter sign-up as a part of the page.

import type { Close, Host } from "../_runtime/contract.ts";
import { signUp } from "../_runtime/form.ts";
import { place } from "../_runtime/place.ts";
import css from "./style.css";

/** Draws the sign-up into its placement. */
export default function start(host: Host): Close | undefined {
  return place(host, [css], signUp(host));
}
