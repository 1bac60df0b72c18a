// Builds the storefront bundles into ../static/v1: deterministic, hashed by content, committed.
//
//   node build.mjs           writes static/v1 and the file names inside the preview pages
//   node build.mjs --check   writes nothing and exits 1 where the committed files differ

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import esbuild from "esbuild";
import { minify } from "terser";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "..", "static", "v1");
const REGISTRY = JSON.parse(readFileSync(join(HERE, "..", "manifest.json"), "utf8"));
const WIDGETS = [...REGISTRY.widgets].sort();
// One file for each platform whose cart is not Shopify's; what they share begins with "_".
const CARTS = readdirSync(join(HERE, "_carts"))
  .filter((file) => /^[a-z]\w*\.ts$/.test(file))
  .map((file) => file.slice(0, -3))
  .sort();

const minifyCss = (file) =>
  esbuild
    .transformSync(readFileSync(file, "utf8"), { loader: "css", minify: true, target: "es2020" })
    .code.trim();

// A style sheet is imported as a string, because it becomes a constructable style sheet.
export const cssText = {
  esbuild: {
    name: "css-text",
    setup(build) {
      build.onLoad({ filter: /\.css$/ }, ({ path }) => ({
        contents: minifyCss(path),
        loader: "text",
      }));
    },
  },
  vite: {
    name: "css-text",
    enforce: "pre",
    load(id) {
      return id.endsWith(".css") ? `export default ${JSON.stringify(minifyCss(id))}` : null;
    },
  },
};

const hash8 = (text) => createHash("sha256").update(text).digest("hex").slice(0, 8);
const integrity = (text) => `sha384-${createHash("sha384").update(text).digest("base64")}`;
const common = {
  bundle: true,
  minify: true,
  write: false,
  charset: "utf8",
  legalComments: "none",
  plugins: [cssText.esbuild],
  absWorkingDir: HERE,
};

// A second pass over what esbuild has bundled; it takes another twentieth off.
async function squeezed(code, module) {
  const options = { module, ecma: 2020, compress: { passes: 3 }, format: { ecma: 2020 } };
  return `${(await minify(code, options)).code}\n`;
}

// A script that a page names itself: the loader, or the cart of a platform.
async function classic(entry) {
  const { outputFiles } = await esbuild.build({
    ...common,
    entryPoints: [entry],
    format: "iife",
    target: "es2020",
  });
  return squeezed(outputFiles[0].text, false);
}

// All widgets are one bundle: apart they would weigh a third more, because each piece is
// compressed for itself, and a page with two of them would need four requests instead of one.
async function bundle() {
  const lines = WIDGETS.map(
    (name) => `export { default as ${name} } from "./${name}/storefront.ts";`,
  );
  const { outputFiles } = await esbuild.build({
    ...common,
    stdin: { contents: lines.join("\n"), resolveDir: HERE, sourcefile: "widgets.ts" },
    format: "esm",
    target: "es2022",
  });
  return outputFiles[0].text;
}

const VARIANTS = [
  ["de-du", "de", "du"],
  ["de-sie", "de", "sie"],
  ["en", "en", null],
];

function shopper(widget, language, form) {
  const file = join(HERE, widget, "texts", `${language}.json`);
  const texts = Object.entries(JSON.parse(readFileSync(file, "utf8")).shopper).sort();
  return Object.fromEntries(
    texts.map(([key, value]) => [key, typeof value === "string" ? value : value[form]]),
  );
}

// A dotted key is always written out in the sources, so both sides can agree on a short name.
function shortKeys() {
  const keys = WIDGETS.flatMap((name) => Object.keys(shopper(name, "en")));
  const dotted = [...new Set(keys)].filter((key) => key.includes(".")).sort();
  return new Map(dotted.map((key, index) => [key, `_${index.toString(36)}`]));
}

function shortened(code, short) {
  let out = code;
  for (const [key, name] of short) {
    if (!out.includes(`"${key}"`)) throw new Error(`no widget says ${key}`);
    out = out.replaceAll(`"${key}"`, `"${name}"`);
  }
  return out;
}

function textModule(short, language, form) {
  const line = (name) => {
    const texts = Object.entries(shopper(name, language, form));
    const renamed = texts.map(([key, text]) => [short.get(key) ?? key, text]);
    return `export const ${name}=${JSON.stringify(Object.fromEntries(renamed))};\n`;
  };
  return WIDGETS.map(line)
    .join("")
    .replace(/"(\w+)":/g, "$1:");
}

const brotli = (text) =>
  brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text),
    },
  }).length;

const sizes = (text) => ({
  raw: Buffer.byteLength(text),
  gzip: gzipSync(text, { level: 9 }).length,
  brotli: brotli(text),
});

function report(bytes, texts, carts) {
  const {
    loader_brotli_bytes: most,
    all_brotli_bytes: mostAll,
    cart_brotli_bytes: mostCart,
  } = REGISTRY.budgets;
  const size = (file) => bytes[file].brotli;
  const row = (name, ...cells) =>
    [name.padEnd(32), ...cells.map((cell) => String(cell).padStart(8))].join("");
  const variants = Object.values(texts).map(size);
  const apart = [...Object.values(texts), ...Object.values(carts)];
  const files = Object.keys(bytes).filter((file) => !apart.includes(file));
  const all = files.map(size).reduce((a, b) => a + b, 0) + Math.max(...variants);
  const loader = size("bleib.js");
  const cart = Math.max(0, ...Object.values(carts).map(size));
  const lines = [
    row("file", "raw", "gzip", "brotli"),
    ...Object.entries(bytes).map(([name, { raw, gzip, brotli: br }]) => row(name, raw, gzip, br)),
    "",
    `loader      ${loader} of ${most} B brotli`,
    `everything  ${all} of ${mostAll} B brotli (loader, all widgets, the largest text)`,
    `cart        ${cart} of ${mostCart} B brotli (the largest of the platforms' carts)`,
  ];
  const over = loader > most || all > mostAll || cart > mostCart;
  return { text: `${lines.join("\n")}\n`, over };
}

// What a shop that pins its scripts needs: for the loader, each widget and cart, file and hash.
function hashes({ loader: file, widgets, carts, integrity: of }) {
  const pick = (names) => Object.fromEntries(names.map((name) => [name, of[name]]));
  const each = Object.entries(widgets).map(([name, { js, texts }]) => [
    name,
    pick([js, ...Object.values(texts)]),
  ]);
  const own = Object.entries(carts).map(([name, js]) => [name, pick([js])]);
  return {
    loader: pick([file]),
    widgets: Object.fromEntries(each),
    carts: Object.fromEntries(own),
  };
}

async function build() {
  const files = new Map([["bleib.js", await classic("_runtime/loader.ts")]]);
  const add = (name, code) => {
    const file = `${name}.${hash8(code)}.js`;
    files.set(file, code);
    return file;
  };
  const short = shortKeys();
  const js = add("widgets", await squeezed(shortened(await bundle(), short), true));
  const texts = Object.fromEntries(
    VARIANTS.map(([variant, ...of]) => [
      variant,
      add(`texts.${variant}`, textModule(short, ...of)),
    ]),
  );
  const widgets = Object.fromEntries(WIDGETS.map((name) => [name, { js, texts }]));
  const carts = {};
  for (const name of CARTS) carts[name] = add(`cart_${name}`, await classic(`_carts/${name}.ts`));
  const names = [...files.keys()].sort();
  const each = (what) => Object.fromEntries(names.map((file) => [file, what(files.get(file))]));
  const manifest = {
    version: REGISTRY.version,
    loader: "bleib.js",
    widgets,
    carts,
    integrity: each(integrity),
    bytes: each(sizes),
  };
  const { text, over } = report(manifest.bytes, texts, carts);
  files.set("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);
  files.set("integrity.json", `${JSON.stringify(hashes(manifest), null, 2)}\n`);
  files.set("size-report.txt", text);
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
  for (const file of readdirSync(OUT)) if (!files.has(file)) rmSync(join(OUT, file));
  for (const [file, text] of files) writeFileSync(join(OUT, file), text);
  for (const { path, before, after } of previews(widgets))
    if (before !== after) writeFileSync(path, after);
}

async function main() {
  const result = await build();
  if (process.argv.includes("--check")) {
    const differing = stale(result);
    for (const file of differing) console.error(`stale: ${file}`);
    if (differing.length) console.error("static/v1 is not what the sources build: run make build");
    process.exitCode = differing.length || result.over ? 1 : 0;
    return;
  }
  write(result);
  console.log(result.text);
  if (result.over) {
    console.error("over budget");
    process.exitCode = 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
