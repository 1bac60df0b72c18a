// What few sign-ups have: questions with their reasons, something else than money, a row in the footer.

import type { Host } from "./contract.ts";
import { h } from "./dom.ts";
import row from "./further.css";
import { merchant } from "./say.ts";

type Words = Readonly<Record<string, string>> | null;

interface Question {
  readonly id: string;
  readonly kind: string;
  readonly label: Words;
  readonly why: Words;
  readonly options?: readonly (readonly [value: string, label: Words])[];
}

interface Settings {
  readonly fields?: readonly Question[] | null;
  readonly gift?: { readonly title: Words; readonly text: Words; readonly why: Words } | null;
  readonly layout?: string;
}

/** What is drawn once and lasts, however often the form around it is drawn anew. */
export interface Further {
  readonly gift: Node | null;
  readonly rows: readonly Node[];
  /** What was entered, by the question's id. */
  values(): Record<string, unknown>;
}

/** An entry of its own kind, and how its value is read. */
function entry(
  host: Host,
  { id, kind, label, options = [] }: Question,
): [HTMLElement, () => unknown] {
  const text = merchant(host, label);
  if (kind !== "several") {
    const choices = options.map(([value, name]) => h("option", { value }, merchant(host, name)));
    const own = kind === "one" ? {} : { autocomplete: "given-name", maxlength: 60 };
    const described = { id, name: id, "aria-describedby": `${id}-why`, ...own };
    const tag = kind === "one" ? "select.tx" : "input.tx";
    const input = h<HTMLInputElement>(tag, described, ...choices);
    return [h("div", h("label", { for: id }, text), input), () => input.value.trim()];
  }
  const boxes = options.map(([value, name]) => {
    const input = h<HTMLInputElement>("input", { type: "checkbox", id: `${id}-${value}`, value });
    return { input, row: h("div.tk", input, h("label", { for: input.id }, merchant(host, name))) };
  });
  // A label of the group: it stands above it as those of the fields do.
  const name = h("label", { id: `${id}-name` }, text);
  const group = { role: "group", "aria-labelledby": name.id, "aria-describedby": `${id}-why` };
  const chosen = () => boxes.filter(({ input }) => input.checked).map(({ input }) => input.value);
  return [h("div", group, name, ...boxes.map(({ row }) => row)), chosen];
}

/** Gives a sign-up that hangs in its place the shape of a row. */
function dress(place: HTMLElement | null): void {
  const root = place?.lastElementChild?.shadowRoot;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(row);
  if (root) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

/** Draws what the campaign asks beside the address and gives beside the voucher. */
export default function further(host: Host): Further {
  const { fields, gift, layout } = host.campaign.settings as Settings;
  const asked = (fields ?? []).map((question) => {
    const [node, value] = entry(host, question);
    const { id, why } = question;
    const reason = h("p.why", { id: `${id}-why` }, merchant(host, why));
    reason.style.marginTop = "6px";
    node.append(reason);
    return { id, node, value };
  });
  // Once it hangs in its place, and before that is painted.
  if (layout) requestAnimationFrame(() => dress(host.placement));
  const lines = gift && [
    h("li.name", merchant(host, gift.title)),
    gift.text && h("li", merchant(host, gift.text)),
    h("li.why", merchant(host, gift.why)),
  ];
  return {
    gift: lines ? h("div.cl", h("ul", ...lines)) : null,
    rows: asked.map(({ node }) => node),
    values: () => Object.fromEntries(asked.map(({ id, value }) => [id, value()])),
  };
}
