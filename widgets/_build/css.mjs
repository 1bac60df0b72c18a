// Style sheets as strings, because each becomes a constructable style sheet.

import { readFileSync } from "node:fs";
import esbuild from "esbuild";

const minified = (file) =>
  esbuild
    .transformSync(readFileSync(file, "utf8"), { loader: "css", minify: true, target: "es2020" })
    .code.trim();

/** Lets `import css from "./style.css"` give the text of the minified sheet. */
export const cssText = {
  name: "css-text",
  enforce: "pre",
  load(id) {
    if (!id.endsWith(".css")) return null;
    return { code: `export default ${JSON.stringify(minified(id))}`, moduleType: "js" };
  },
};
