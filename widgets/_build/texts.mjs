// The texts that shoppers read: one module for each language and form of address.

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Name, language and form of address of each file. */
const VARIANTS = [
  ["de-du", "de", "du"],
  ["de-sie", "de", "sie"],
  ["en", "en", null],
];

/** The texts of all `widgets` below `folder`, and short names for their keys. */
export function textsOf(folder, widgets) {
  const shopper = (widget, language, form) => {
    const file = join(folder, widget, "texts", `${language}.json`);
    const texts = Object.entries(JSON.parse(readFileSync(file, "utf8")).shopper).sort();
    return texts.map(([key, value]) => [key, typeof value === "string" ? value : value[form]]);
  };
  // A dotted key is always written out in the sources, so both sides can agree on a short name.
  const keys = widgets.flatMap((name) => shopper(name, "en").map(([key]) => key));
  const dotted = [...new Set(keys)].filter((key) => key.includes(".")).sort();
  const short = new Map(dotted.map((key, index) => [key, `_${index.toString(36)}`]));
  const line = (widget, language, form) => {
    const texts = shopper(widget, language, form).map(([key, text]) => [
      short.get(key) ?? key,
      text,
    ]);
    return `export const ${widget}=${JSON.stringify(Object.fromEntries(texts))};\n`;
  };
  const module = (language, form) =>
    widgets
      .map((widget) => line(widget, language, form))
      .join("")
      .replace(/"(\w+)":/g, "$1:");
  const modules = Object.fromEntries(VARIANTS.map(([name, ...of]) => [name, module(...of)]));
  return { modules, short };
}

/** `code` with the short names; `said` collects the keys that were found. */
export function shortened(code, short, said) {
  return code.replace(/(["'`])([\w-]+(?:\.[\w-]+)+)\1/g, (found, _quote, key) => {
    if (!short.has(key)) return found;
    said.add(key);
    return `"${short.get(key)}"`;
  });
}
