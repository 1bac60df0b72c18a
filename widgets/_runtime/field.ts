// Entries and what is said about them: fields, sentences of error, notes, buttons at work.

import type { Host } from "./contract.ts";
import { h, icon } from "./dom.ts";
import { say } from "./say.ts";

const CIRCLE = "m9 0a9 9 0 1 1-18 0 9 9 0 0 1 18 0";
export const ICONS = {
  alert: `M12 8v5m0 3v.1M12 12${CIRCLE}`,
  check: "m5 12.5 4.5 4.5L19 7.5",
  clock: `M12 7v5l3 2M12 12${CIRCLE}`,
  info: `M12 11v5m0-8v.1M12 12${CIRCLE}`,
} as const;

/** A busy sign before this would only flicker. */
const BUSY_MS = 300;

/** A labelled text field; the label stands above it, never inside. */
export function field(id: string, label: string, attributes: Readonly<Record<string, string>>) {
  const input = h<HTMLInputElement>("input.tx", { id, name: id, ...attributes });
  return { input, row: h("div", h("label", { for: id }, label), input) };
}

/** A sentence about a mistake. */
export const mistake = (text: string, id = "") =>
  h("p.er", { id }, icon(ICONS.alert, 16), h("span", text));

/** Says below an entry what is missing, until `forgive`. */
export function complain(input: HTMLInputElement, text: string): void {
  const id = `${input.id}-err`;
  input.ariaInvalid = "true";
  input.setAttribute("aria-describedby", `${id} ${input.id}-why`);
  input.parentElement?.append(mistake(text, id));
}

/** Takes every complaint and note in `form` back. */
export function forgive(form: HTMLElement): void {
  for (const input of form.querySelectorAll("input")) {
    input.ariaInvalid = null;
    input.setAttribute("aria-describedby", `${input.id}-why`);
  }
  for (const old of form.querySelectorAll(".er,.nt")) old.remove();
}

/** A note that is read out at once. */
export const note = (kind: string, sign: string, text: string) =>
  h(`div.nt.${kind}`, { role: "alert" }, icon(sign), h("p", text));

/** The same words for every cause: what happened is ours to know, not the shopper's to solve. */
export const failure = (host: Host) =>
  say(host, navigator.onLine && host.preview !== "offline" ? "fail" : "offline");

/** Gives a button another label. */
export const label = (target: HTMLElement, text: string) =>
  target.querySelector("span")?.replaceChildren(text);

/**
 * Runs `work` for a button, which keeps its size and says so after a moment; while it runs a
 * second press does nothing.
 */
export async function busy(
  host: Host,
  target: HTMLElement,
  words: string,
  work: () => Promise<unknown>,
) {
  if (target.ariaDisabled) return;
  const before = target.textContent ?? "";
  const timer = setTimeout(() => {
    target.style.minWidth = `${target.offsetWidth}px`;
    label(target, say(host, words));
    target.prepend(h("i"));
  }, BUSY_MS);
  target.ariaDisabled = "true";
  try {
    await work();
  } finally {
    clearTimeout(timer);
    target.ariaDisabled = null;
    target.querySelector("i")?.remove();
    label(target, before);
  }
}
