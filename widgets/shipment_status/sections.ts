// Draws the sections beside an order; their forms are plain ones, answered by a page of the app.

import { address, button, h } from "../_runtime/dom.ts";
import type { Block, Field } from "./answer.ts";

const text = (name: string, words: unknown) => !!words && h(name, `${words}`);

function tick({ name, kind, label, value, note, required, ticked }: Field): HTMLElement {
  const id = `${name}-${value}`;
  const type = kind === "radio" ? kind : "checkbox";
  const entry = { id, type, name, value: value || "1", required, checked: ticked };
  return h("div.tk", h("input", entry), h("label", { for: id }, `${label}`), text("p.why", note));
}

function field(one: Field): HTMLElement {
  const { name, kind, label, value, note, required } = one;
  if (kind === "tick") return tick(one);
  if (kind === "radio")
    return h(
      "fieldset",
      text("legend", label),
      ...one.choices.map((choice) => tick({ ...one, ...choice, note: "", ticked: false })),
    );
  const entry = { id: name, name, required, maxlength: one.longest };
  if (kind === "hidden") return h("input", { type: kind, name, value });
  return h(
    "div",
    h("label", { for: name }, `${label}`),
    kind === "lines"
      ? h("textarea.tx", { ...entry, rows: 4 }, `${value}`)
      : h("input.tx", { ...entry, type: kind, value }),
    text("p.why", note),
  );
}

function form({ action, fields, sends, folded }: NonNullable<Block["form"]>) {
  const to = address(action);
  if (!to) return null;
  const buttons = sends.map(({ label, value }) => {
    const send = button("", `${label}`);
    send.type = "submit";
    if (value) Object.assign(send, { name: "answer", value });
    return send;
  });
  const inner = h(
    "form",
    { method: "post", action: to },
    ...fields.map(field),
    h("div.bs", ...buttons),
  );
  return folded ? h("details", h("summary.bt", h("span", `${folded}`)), inner) : inner;
}

/** One section. */
export function section({ title, lead, lines, tone, button: link, form: asked }: Block) {
  const href = address(link?.[1]);
  return h(
    `section.blk.${/^\w+$/.test(tone) ? tone : "plain"}`,
    text("h3", title),
    text("p", lead),
    ...lines.map((line) => text("p.why", line)),
    asked && form(asked),
    !!href && h("a.bt", { href }, h("span", `${link?.[0]}`)),
  );
}
