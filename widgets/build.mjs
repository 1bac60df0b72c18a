// Builds the storefront bundles into ../static/v1: deterministic, hashed by content, committed.
//
//   node build.mjs           writes static/v1 and the file names inside the preview pages
//   node build.mjs --check   writes nothing and exits 1 where the committed files differ

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { minify } from "terser";
import { chunksOf, filesOf, named } from "./_build/chunks.mjs";
import { hash8, integrity, pins, report, sizes } from "./_build/record.mjs";
import { shortened, textsOf } from "./_build/texts.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "..", "static", "v1");
const TYPES = join(HERE, "_runtime", "bleib.d.ts");
const REGISTRY = JSON.parse(readFileSync(join(HERE, "..", "manifest.json"), "utf8"));
const WIDGETS = [...REGISTRY.widgets].sort();
// What a page may write as a tag of its own, by the name of its script.
const ELEMENTS = ["shipment"];
// One file for each platform whose cart is not Shopify's; what they share begins with "_".
const CARTS = readdirSync(join(HERE, "_carts"))
  .filter((file) => /^[a-z]\w*\.ts$/.test(file))
  .map((file) => file.slice(0, -3))
  .sort();

// What the loader and the chunks call each other's things by; nobody else ever sees these names.
const INTERNAL =
  /^(landing|trial|placement|closers|told|began|deepest|asked|noted|known|met|person|states|occupied|refused|subscribed|recall|remember|answered|refuse|holds|api)$/;
let props = {};

// The browser compiles a function when it is first called, which it does on the thread that draws
// the page. With this line it compiles all of them while the file comes in, on another one.
const EAGER = "//# allFunctionsCalledOnLoad\n";
/** Chunks that run on what the shopper does: with every one of them the next paint is waited for. */
const AT_ONCE = ["visit", "ui", "exit_intent"];

// What makes a bundle smaller makes a script of its own larger: tried.
const MODULE = { passes: 3, inline: 1, unsafe_methods: true };
const SCRIPT = { passes: 2, inline: 1 };

// A second pass over what was bundled; it takes another twentieth off.
async function squeezed(code, module) {
  const nameCache = { props };
  const { code: squeezed } = await minify(code, {
    module,
    nameCache,
    ecma: 2020,
    // Reading a property does nothing else here.
    compress: { ...(module ? MODULE : SCRIPT), pure_getters: true, unsafe_arrows: true },
    mangle: { properties: { regex: INTERNAL } },
    format: { ecma: 2020 },
  });
  // What one file was called is what the next one calls.
  props = nameCache.props;
  return `${squeezed}\n`;
}

// A script that a page names itself: the loader, or the cart of a platform.
async function classic(entry) {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: HERE,
    bundle: true,
    minify: true,
    write: false,
    charset: "utf8",
    legalComments: "none",
    entryPoints: [entry],
    format: "iife",
    target: "es2020",
    // The sources are modules and checked as such; the directive would only be bytes.
    tsconfigRaw: { compilerOptions: { alwaysStrict: false } },
  });
  return squeezed(outputFiles[0].text, false);
}

async function build() {
  const files = new Map([["bleib.js", EAGER + (await classic("_runtime/loader.ts"))]]);
  const add = (name, code) => {
    const file = `${name}.${hash8(code)}.js`;
    files.set(file, code);
    return file;
  };
  const { modules, short } = textsOf(HERE, WIDGETS);
  const chunks = await chunksOf(HERE, WIDGETS);
  const said = new Set();
  for (const [name, chunk] of chunks) {
    const code = await squeezed(shortened(chunk.code, short, said), true);
    // What a module offers keeps its name, and whoever asks for it would use the short one.
    for (const [, offered] of code.matchAll(/ as (\w+)(?=[,}])/g))
      if (INTERNAL.test(offered)) throw new Error(`${name} offers ${offered}, which is shortened`);
    chunk.code = AT_ONCE.includes(name) ? EAGER + code : code;
  }
  for (const key of short.keys()) if (!said.has(key)) throw new Error(`no widget says ${key}`);
  const names = named(chunks, add);
  const texts = Object.fromEntries(
    Object.entries(modules).map(([variant, code]) => [variant, add(`texts.${variant}`, code)]),
  );
  const widgets = Object.fromEntries(
    WIDGETS.map((name) => [name, { ...filesOf(chunks, names, name), texts }]),
  );
  // No widget of a campaign: opened by the link of a voucher. It speaks in the app's words.
  const told = names.get("preflight");
  const preflight = told && { ...filesOf(chunks, names, "preflight"), texts: { de: told } };
  const carts = {};
  for (const name of CARTS) carts[name] = add(`cart_${name}`, await classic(`_carts/${name}.ts`));
  const elements = {};
  for (const name of ELEMENTS) {
    elements[name] = `${name}.js`;
    files.set(elements[name], await classic(`_elements/${name}.ts`));
  }
  for (const [file, code] of files)
    for (const [, asked] of code.matchAll(/\b(?:from|import)\s*\(?\s*["'`]\.\/([^"'`]+)/g))
      if (!files.has(asked)) throw new Error(`${file} asks for ${asked}, which nobody builds`);
  const all = [...files.keys()].sort();
  const each = (what) => Object.fromEntries(all.map((file) => [file, what(files.get(file))]));
  const manifest = {
    version: REGISTRY.version,
    loader: "bleib.js",
    ...(names.has("why") && { why: names.get("why") }),
    ...(preflight && { preflight }),
    widgets,
    carts,
    elements,
    integrity: each(integrity),
    bytes: each(sizes),
  };
  const { text, over } = report(manifest, names, REGISTRY.budgets);
  files.set("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);
  files.set("integrity.json", `${JSON.stringify(pins(manifest), null, 2)}\n`);
  files.set("size-report.txt", text);
  if (existsSync(TYPES)) files.set("bleib.d.ts", readFileSync(TYPES, "utf8"));
  return { files, widgets, text, over };
}

// The preview pages carry the hashed names of their own widget in one line each.
function previews(widgets) {
  return WIDGETS.map((name) => {
    const path = join(HERE, name, "preview.html");
    const before = readFileSync(path, "utf8");
    const line = `"widgets": ${JSON.stringify({ [name]: widgets[name] })},`;
    return { path, before, after: before.replace(/"widgets": \{.*\},(?=\n)/g, () => line) };
  });
}

function stale({ files, widgets }) {
  const differing = [];
  const present = new Set(readdirSync(OUT));
  for (const [file, text] of files) {
    if (!present.has(file) || readFileSync(join(OUT, file), "utf8") !== text) differing.push(file);
    present.delete(file);
  }
  for (const { path, before, after } of previews(widgets))
    if (before !== after) differing.push(path);
  return [...differing, ...present];
}

function write({ files, widgets }) {
  mkdirSync(OUT, { recursive: true });
  // New files first: whoever reads meanwhile finds what the old names or the new ones say.
  for (const [file, text] of files) writeFileSync(join(OUT, file), text);
  for (const { path, before, after } of previews(widgets))
    if (before !== after) writeFileSync(path, after);
  for (const file of readdirSync(OUT)) if (!files.has(file)) rmSync(join(OUT, file));
}

const result = await build();
if (process.argv.includes("--check")) {
  const differing = stale(result);
  for (const file of differing) console.error(`stale: ${file}`);
  if (differing.length) console.error("static/v1 is not what the sources build: run make build");
  process.exitCode = differing.length || result.over ? 1 : 0;
} else {
  write(result);
  console.log(result.text);
  if (result.over) {
    console.error("over budget");
    process.exitCode = 1;
  }
}
