// One campaign in the panel: its sentence, its gates, its conditions, as they are at this moment.

import type { Rule, Trace } from "./contract.ts";
import { h } from "./dom.ts";
import type { Inside } from "./why.ts";
import {
  branches,
  campaignName,
  condition,
  reason,
  type Speaker,
  sentence,
  word,
} from "./why-words.ts";

const line = (kind: string, name: string, verdict: string, ...more: (Node | false)[]) =>
  h(`li.${kind}`, h("span.n", name), h("b", verdict), ...more);

/** Every gate with its verdict; what comes after the one that stops was not reached. */
function gates(speaker: Speaker, trace: Trace): HTMLElement[] {
  const end = trace.gates.findIndex(({ passes }) => !passes);
  return trace.gates.map((verdict, index) => {
    const name = word(speaker, `gate.${verdict.gate}`);
    if (end >= 0 && index > end) return line("un", name, word(speaker, "unreached"));
    if (verdict.passes) return line("ok", name, word(speaker, "passes"));
    return line("no", name, word(speaker, "stops"), h("em", reason(speaker, verdict)));
  });
}

/** A condition with all that is in it, and whether each of them is true. */
function tree(inside: Inside, speaker: Speaker, rule: Rule): HTMLElement {
  const name = condition(speaker, rule);
  const holds = inside.holds(rule);
  const rest = holds === null ? "moment" : name ? "fails" : "unknown";
  const kind = holds ? "ok" : name ? "un" : "no";
  const parts = branches(rule)?.map((part) => tree(inside, speaker, part));
  const verdict = word(speaker, holds ? "holds" : rest);
  return line(kind, name ?? JSON.stringify(rule), verdict, parts ? h("ul", ...parts) : false);
}

/** Replaces what stands in `parent`, but only where it would look different. */
function redraw(parent: HTMLElement, children: readonly HTMLElement[]): void {
  const same =
    parent.childNodes.length === children.length &&
    children.every((child, index) => child.isEqualNode(parent.childNodes[index] ?? null));
  if (!same) parent.replaceChildren(...children);
}

export interface Card {
  readonly element: HTMLElement;
  update(trace: Trace): void;
}

/** Draws a campaign; `update` brings it up to date without moving what has not changed. */
export function card(inside: Inside, speaker: Speaker, { campaign, ...first }: Trace): Card {
  const { when } = inside.shop.campaigns.find(({ id }) => id === campaign) ?? {};
  const says = h("span.says");
  const asked = h("ol");
  const rules = h("ul");
  const click = () => inside.open(campaign);
  const show = h("button", { type: "button", click }, word(speaker, "show"));
  const element = h(
    "details",
    h("summary", h("b", campaignName(speaker, { campaign, ...first })), says),
    h("h3", word(speaker, "gates")),
    asked,
    ...(when ? [h("h3", word(speaker, "rules")), rules] : []),
    show,
  );
  const update = (trace: Trace) => {
    const text = sentence(speaker, trace);
    if (says.textContent !== text) says.textContent = text;
    says.classList.toggle("yes", trace.shown);
    says.classList.toggle("un", text === word(speaker, "ready"));
    show.hidden = trace.state === "no_placement";
    redraw(asked, gates(speaker, trace));
    if (when) redraw(rules, [tree(inside, speaker, when)]);
  };
  return { element, update };
}
