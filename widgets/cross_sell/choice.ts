// Lets a size or a colour be chosen before an article is put in; nothing is chosen beforehand.

import { h } from "../_runtime/dom.ts";
import { mistake } from "../_runtime/field.ts";
import { parts } from "../_runtime/say.ts";
import type { Row } from "./buy.ts";
import css from "./choice.css";
import de from "./choice.de.json";
import en from "./choice.en.json";
import type { Kind } from "./row.ts";

export { css };

/** More than so many stand in a list to choose from, fewer side by side. */
const SIDE_BY_SIDE = 2;
let last = 0;

/** The words of the page's language, with the name of what is chosen. */
function words({ host, item }: Row) {
  const name = item.choice?.name ?? "";
  const [own, said] =
    host.lang === "de" ? ([de, name] as const) : ([en, name.toLowerCase()] as const);
  const { one, any } = own[host.shop.address as "du"] ?? own.sie;
  // German names that end so are feminine; English ones that begin so take "a".
  const fits = new RegExp(own.fits).test(said);
  const say = (text: string) => parts(host, text, { name: said }).join("");
  return { name, choose: say(own.choose), missing: say(fits ? one : any), gone: say(own.gone) };
}

/** What is put before the button, and how it is asked. */
interface Entry {
  readonly node: HTMLElement;
  /** What is said to be wrong where nothing was chosen. */
  readonly aria: HTMLElement;
  /** What takes the focus. */
  readonly entry: HTMLElement;
  chosen(): Kind | undefined;
  /** Takes a kind away that is sold out. */
  without(kind: Kind): void;
}

/** A list to choose from. */
function select(of: readonly Kind[], name: string, choose: string, gone: string): Entry {
  const options = of.map(({ title, available }, index) => {
    const value = available ? title : `${title}, ${gone}`;
    return h<HTMLOptionElement>("option", { value: index, disabled: !available }, value);
  });
  const first = h("option", { value: "" }, choose);
  const list = h<HTMLSelectElement>("select.se", { "aria-label": name }, first, ...options);
  const chosen = () => (list.value ? of[+list.value] : undefined);
  const without = (kind: Kind) => {
    const option = options[of.indexOf(kind)];
    if (option) option.disabled = true;
    list.value = "";
  };
  return { node: h("span.sw", list), aria: list, entry: list, chosen, without };
}

/** One beside the other, as keys of a set of which one is down. */
function chips(of: readonly Kind[], name: string, gone: string): Entry {
  last += 1;
  const inputs = of.map((kind, index) =>
    h<HTMLInputElement>("input", {
      type: "radio",
      name: `kind${last}`,
      value: index,
      disabled: !kind.available,
    }),
  );
  const labels = of.map(({ title, available }, index) =>
    h("label.ch", inputs[index], h("span", title), !available && h("span.sr", `, ${gone}`)),
  );
  const node = h("div.chs", { role: "radiogroup", "aria-label": name }, ...labels);
  const chosen = () => of[inputs.findIndex(({ checked }) => checked)];
  const without = (kind: Kind) => {
    const input = inputs[of.indexOf(kind)];
    if (input) Object.assign(input, { disabled: true, checked: false });
  };
  const entry = inputs.find(({ disabled }) => !disabled) ?? node;
  return { node, aria: node, entry, chosen, without };
}

/** Puts the choice before the button of a row, which then puts in what is chosen. */
export default function choice(row: Row): void {
  const { item, problem } = row;
  const of = item.choice?.of ?? [];
  const { name, choose, missing, gone } = words(row);
  const label = `${name}: ${item.title}`;
  const made = of.length > SIDE_BY_SIDE ? select(of, label, choose, gone) : chips(of, label, gone);
  const { node, aria, entry, chosen, without } = made;
  const complain = (text: string) => {
    const id = `kind-${entry.id}`;
    problem.replaceChildren(mistake(text, id));
    aria.setAttribute("aria-describedby", id);
    aria.ariaInvalid = "true";
    entry.focus();
  };
  const pick = () => {
    row.offer = chosen();
    row.priced(row.offer);
    aria.ariaInvalid = null;
    problem.replaceChildren();
  };
  last += 1;
  entry.id = `k${last}`;
  node.addEventListener("change", pick);
  row.offer = undefined;
  row.priced(row.offer);
  row.before.push(node);
  row.missing = () => complain(missing);
  const { gone: over } = row;
  row.gone = () => {
    const kind = chosen();
    if (kind) without(kind);
    row.offer = undefined;
    row.priced(row.offer);
    if (!of.some((one) => one !== kind && one.available)) return over();
    complain(`${kind?.title}: ${gone}`);
  };
}
