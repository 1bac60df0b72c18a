// What is said of the built files: hashes, weights, budgets.

import { createHash } from "node:crypto";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

export const hash8 = (text) => createHash("sha256").update(text).digest("hex").slice(0, 8);
export const integrity = (text) => `sha384-${createHash("sha384").update(text).digest("base64")}`;

const brotli = (text) =>
  brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text),
    },
  }).length;

export const sizes = (text) => ({
  raw: Buffer.byteLength(text),
  gzip: gzipSync(text, { level: 9 }).length,
  brotli: brotli(text),
});

/** What a shop that pins its scripts needs: for the loader, each widget and cart, file and hash. */
export function pins({ loader, why, preflight, widgets, carts, elements, integrity: of }) {
  const pick = (names) => Object.fromEntries(names.map((name) => [name, of[name]]));
  const each = Object.entries(widgets).map(([name, { js, contents = {}, texts }]) => [
    name,
    pick([...js, ...Object.values(contents).flat(), ...Object.values(texts)]),
  ]);
  const own = Object.entries(carts).map(([name, js]) => [name, pick([js])]);
  return {
    loader: pick([loader]),
    ...(why && { why: pick([why]) }),
    ...(preflight && { preflight: pick(preflight.js) }),
    widgets: Object.fromEntries(each),
    carts: Object.fromEntries(own),
    elements: pick(Object.values(elements)),
  };
}

/** Chunks that few pages ask for, and when. */
const SELDOM = [
  ["question", "only with a campaign that asks why"],
  ["basket", "only with a campaign that saves the cart"],
  ["follow", "only where something is suggested: adding, undoing, further places, counting"],
  ["choice", "only for suggestions that come in several kinds"],
  ["pieces", "only where the merchant lets shoppers change the number of pieces"],
  ["order", "only for whoever looks at an order: its stages, parcels and what stands beside them"],
  ["note", "after the first thing that counts: the note in the cart, and who has changed it"],
  ["progress", "only where the merchant said from when on shipping is free"],
];

const row = (name, ...cells) =>
  [name.padEnd(32), ...cells.map((cell) => String(cell).padStart(8))].join("");

/** The table of all files, each budget with what it is kept to, and whether one is missed. */
export function report({ bytes, loader, why, widgets, carts, elements }, files, budgets) {
  const weight = (names) => [...new Set(names)].reduce((sum, name) => sum + bytes[name].brotli, 0);
  const chunk = (name) => files.get(name) ?? [];
  const each = Object.values(widgets);
  const texts = [...new Set(each.flatMap(({ texts }) => Object.values(texts)))];
  const page = each.flatMap(({ js, contents = {} }) => [...js, ...(contents.sign_up ?? [])]);
  // The runtime decides whether anything is shown; what is left is what shows it.
  const runtime = [loader, ...[chunk("visit")].flat()];
  const words = Math.max(...texts.map((file) => weight([file])));
  const shown = weight(page.filter((file) => !runtime.includes(file))) + words;
  const lines = [
    ["loader", weight([loader]), budgets.loader_brotli_bytes, "before any trigger"],
    [
      "visit",
      weight([chunk("visit")].flat()),
      budgets.visit_brotli_bytes,
      "at the first sign: consent, rules, gates, counting",
    ],
    [
      "exit_intent",
      weight([chunk("ui"), chunk("exit_intent")].flat()),
      budgets.exit_intent_brotli_bytes,
      "dialog with its styles and the look of the shop: ui and exit_intent",
    ],
    [
      "widgets",
      shown,
      budgets.all_brotli_bytes,
      "everything of all widgets on a page, with the sign-up and the largest text",
    ],
    [
      "page",
      weight(runtime) + shown,
      budgets.page_brotli_bytes,
      "all of these together: runtime and all widgets",
    ],
    [
      "cart",
      Math.max(0, ...Object.values(carts).map((file) => weight([file]))),
      budgets.cart_brotli_bytes,
      "the largest of the platforms' carts",
    ],
    [
      "element",
      Math.max(0, ...Object.values(elements).map((file) => weight([file]))),
      budgets.element_brotli_bytes,
      "a tag of its own, besides the loader",
    ],
    [
      "pow",
      weight([chunk("pow")].flat()),
      budgets.pow_brotli_bytes,
      "only for forms from where too many come: the proof of work",
    ],
  ];
  if (files.has("preflight"))
    lines.push([
      "preflight",
      weight([chunk("preflight")].flat()),
      budgets.preflight_brotli_bytes,
      "only for whoever came with a voucher: what it still needs in the cart",
    ]);
  for (const [name, of] of SELDOM)
    if (files.has(name))
      lines.push([name, weight([chunk(name)].flat()), budgets[`${name}_brotli_bytes`], of]);
  const apart = ["form", "extras"]
    .filter((name) => files.has(name))
    .map((name) => [name, weight([chunk(name)]), "only where it is needed"]);
  if (why) apart.push(["why", weight([why]), "for merchants, never loaded for shoppers"]);
  const text = [
    row("file", "raw", "gzip", "brotli"),
    ...Object.entries(bytes).map(([name, { raw, gzip, brotli: br }]) => row(name, raw, gzip, br)),
    "",
    ...lines.map(([what, is, most, of]) => `${what.padEnd(12)}${is} of ${most} B brotli (${of})`),
    ...apart.map(([what, is, of]) => `${what.padEnd(12)}${is} B brotli (${of})`),
  ];
  return { text: `${text.join("\n")}\n`, over: lines.some(([, is, most]) => is > most) };
}
