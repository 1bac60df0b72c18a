// Which source goes into which chunk, and how chunks get the names they call each other by.

import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { rolldown } from "rolldown";
import { cssText } from "./css.mjs";

/** Sources of `_runtime` by chunk; what is not named here is drawn with by all and goes to `ui`. */
const LAYOUT = {
  visit: [
    ...["visit", "known", "host", "gates", "events", "arms", "occupied", "cart", "dates"],
    ...["consent", "adapters", "ledger", "rules", "groups", "sensors", "moments"],
  ],
  form: ["form", "question", "field", "claim", "place"],
  further: ["further"],
  pow: ["pow"],
  stopping: ["stopping"],
  exit_intent: ["dialog"],
  note: ["note", "changes"],
  why: ["why"],
  preflight: ["preflight"],
};
/** What the exit-intent widget asks for by itself, by the content that a campaign names. */
const CONTENTS = {
  sign_up: "form",
  message: "message",
  service: "message",
  question: "question",
  basket: "basket",
};
/** What few campaigns need of the exit-intent widget, in a chunk of its own. */
const EXTRAS = ["extras", "bar", "countdown", "free", "picture", "teaser"];
/** What few suggestions need, or only once there are some, by source; each in a chunk of its own. */
const SUGGESTING = {
  follow: "follow",
  measure: "follow",
  watch: "follow",
  places: "follow",
  lists: "follow",
  buy: "follow",
  choice: "choice",
  pieces: "pieces",
  progress: "progress",
};
/** What the shipment status needs once there is an order to show. */
const SHOWING = ["order", "sections"];
/** Widgets that begin with the sign-up: what its form may ask for is theirs as well. */
const SIGN_UPS = ["newsletter"];
/** Chunks that begin a life of their own, besides one for each widget. */
const ROOTS = ["visit", "why", "preflight"];

/** The chunk that a source belongs to; null for what is not ours. */
function chunkOf(folder, id) {
  const [, part, file] = /^(\w+)\/([a-z_]+)[\w.-]*\.\w+$/.exec(relative(folder, id)) ?? [];
  if (!part) return null;
  if (part === "exit_intent" && EXTRAS.includes(file)) return "extras";
  if (part === "cross_sell" && SUGGESTING[file]) return SUGGESTING[file];
  if (part === "shipment_status" && SHOWING.includes(file)) return "order";
  if (part !== "_runtime") return part === "exit_intent" && CONTENTS[file] ? file : part;
  return Object.keys(LAYOUT).find((chunk) => LAYOUT[chunk].includes(file)) ?? "ui";
}

/** Bundles all widgets; returns the code, imports and dynamic imports of each chunk by its name. */
export async function chunksOf(folder, widgets) {
  // What is imported later begins as well, or it would be wrapped in an object of its exports.
  const entries = [
    ...widgets.map((name) => [name, `./${name}/storefront.ts`]),
    ...ROOTS.map((name) => [name, `./_runtime/${name}.ts`]),
    ["form", "./_runtime/form.ts"],
    ["further", "./_runtime/further.ts"],
    ["pow", "./_runtime/pow.ts"],
    ["note", "./_runtime/note.ts"],
    ["stopping", "./_runtime/stopping.ts"],
    ["order", "./shipment_status/order.ts"],
    ...["message", "question", "basket", "extras"].map((name) => [
      name,
      `./exit_intent/${name}.ts`,
    ]),
    ...[...new Set(Object.values(SUGGESTING))].map((name) => [name, `./cross_sell/${name}.ts`]),
  ].filter(([, file]) => existsSync(join(folder, file)));
  const bundle = await rolldown({
    cwd: folder,
    input: Object.fromEntries(entries),
    plugins: [cssText],
    // A chunk that begins something may be asked for its parts by others as well.
    preserveEntrySignatures: "allow-extension",
  });
  const { output } = await bundle.generate({
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
    comments: false,
    minifyInternalExports: true,
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ debugName: "layout", name: (id) => chunkOf(folder, id) }],
    },
  });
  await bundle.close();
  return new Map(
    output.map(({ name, fileName, code, imports, dynamicImports }) => {
      if (fileName !== `${name}.js`) throw new Error(`a second chunk ${name}: ${fileName}`);
      return [name, { code, imports: imports.map(stem), dynamicImports: dynamicImports.map(stem) }];
    }),
  );
}

const stem = (file) => file.replace(/\.js$/, "");

/**
 * Names every chunk by what it holds, the called before the callers, because a caller holds their
 * names. `add(name, code)` keeps a file and returns its name.
 */
export function named(chunks, add) {
  const files = new Map();
  const begun = new Set();
  const name = (chunk) => {
    if (files.has(chunk)) return files.get(chunk);
    if (begun.has(chunk)) throw new Error(`${chunk} needs itself: ${[...begun].join(" > ")}`);
    begun.add(chunk);
    const { code, imports, dynamicImports } = chunks.get(chunk);
    for (const other of [...imports, ...dynamicImports]) name(other);
    const text = code.replace(
      /(["'`])\.\/(\w+)\.js\1/g,
      (_, _quote, other) => `"./${name(other)}"`,
    );
    files.set(chunk, add(chunk, text));
    return files.get(chunk);
  };
  for (const chunk of [...chunks.keys()].sort()) name(chunk);
  return files;
}

/** A chunk after all that it cannot begin without. */
function closure(chunks, chunk) {
  const found = new Set();
  const visit = (one) => {
    for (const other of chunks.get(one).imports) if (!found.has(other)) visit(other);
    found.add(one);
  };
  visit(chunk);
  return [...found];
}

/** What a widget may ask for later on, and what that asks for in turn. */
function askedFor(chunks, widget) {
  const found = new Set();
  const own = closure(chunks, widget);
  const follow = (parts) => {
    for (const other of parts.flatMap((part) => chunks.get(part).dynamicImports))
      if (!found.has(other)) {
        found.add(other);
        // What it shares with the widget asks for nothing more than it did there.
        follow(closure(chunks, other).filter((one) => !own.includes(one)));
      }
  };
  follow(SIGN_UPS.includes(widget) ? closure(chunks, widget) : [widget]);
  return [...found];
}

/** The files of a widget, to be fetched at the same time, its own last; and those of its contents. */
export function filesOf(chunks, files, widget) {
  const own = closure(chunks, widget);
  const first = chunks.has("visit") ? ["visit"] : [];
  const js = [...first, ...own.filter((chunk) => !first.includes(chunk))];
  // By content, and whatever else it may ask for by its own name.
  const asked = askedFor(chunks, widget);
  const told = Object.entries(CONTENTS).filter(([, chunk]) => asked.includes(chunk));
  const others = asked.filter((chunk) => !Object.values(CONTENTS).includes(chunk));
  const contents = [...told, ...others.map((chunk) => [chunk, chunk])].map(([content, chunk]) => [
    content,
    closure(chunks, chunk)
      .filter((one) => !js.includes(one))
      .map((one) => files.get(one)),
  ]);
  return {
    js: js.map((chunk) => files.get(chunk)),
    ...(contents.length > 0 && { contents: Object.fromEntries(contents) }),
  };
}
