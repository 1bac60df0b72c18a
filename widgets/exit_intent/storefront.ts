// Asks once, when a shopper is about to leave: newsletter, with a voucher where there is one.

import { claim } from "../_runtime/claim.ts";
import type { Close, Host } from "../_runtime/contract.ts";
import { dialog } from "../_runtime/dialog.ts";
import { button, h, mount } from "../_runtime/dom.ts";
import { FORM_CSS, signUp } from "../_runtime/form.ts";
import { opening, top } from "../_runtime/question.ts";
import { say } from "../_runtime/say.ts";
import css from "./style.css";

/** From this width on there is room for a card in the middle. */
const WIDE = 720;
/** A phone on its side has no room for a sheet that leaves the page usable. */
const LOW = 420;

let shown: Close | undefined;

/** Opens the question; returns how it is closed, or nothing where there is no room for it. */
export default function start(host: Host): Close | undefined {
  const wide = innerWidth >= WIDE;
  if (shown || (!wide && innerHeight < LOW)) return shown;
  const root = mount(host, document.body, [FORM_CSS, css]);
  const straight = wide || host.preview !== null;
  let answered = false;
  const finish = () => {
    shown = undefined;
    box.close();
  };
  const refuse = () => {
    // Closing after the sign-up is no refusal.
    if (!answered) {
      host.event("dismissal");
      host.refuse();
    }
    finish();
  };
  const done = () => {
    answered = true;
    host.done();
  };
  const form = signUp({ ...host, done }, { refuse, finish });
  const accept = () => {
    host.event("open");
    box.element.replaceChildren(form);
    box.modal();
    form.querySelector<HTMLElement>(".tx")?.focus();
  };
  const box = dialog(
    root,
    wide ? "c" : "t",
    straight,
    straight ? form : nudge(host, refuse, accept),
    refuse,
    () => (root.getRootNode() as ShadowRoot).host.remove(),
  );
  host.event("impression");
  shown = finish;
  return finish;
}

/** The first step on a phone: what it is about, and two buttons; the page stays usable. */
function nudge(host: Host, refuse: Close, accept: Close): HTMLElement {
  const [title, lead] = opening(host);
  const buttons = [button("s", say(host, "no"), refuse), button("p", say(host, "yes"), accept)];
  return h(
    "div.su.nudge",
    top(host, title, refuse),
    h("div.sc", claim(host), lead),
    h("div.ft", h("div.bs", ...buttons)),
  );
}
