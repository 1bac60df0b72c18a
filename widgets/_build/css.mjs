// Files that become something smaller on their way into a script: style sheets and the ledger.

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
    if (id.endsWith("ledger.json"))
      return { code: `export default ${ledger(id)}`, moduleType: "js" };
    if (!id.endsWith(".css")) return null;
    return { code: `export default ${JSON.stringify(minified(id))}`, moduleType: "js" };
  },
};

/** The ledger without its purposes: those are for people, in the documentation and the admin. */
const ledger = (file) => {
  const keys = Object.entries(JSON.parse(readFileSync(file, "utf8")));
  return JSON.stringify(
    Object.fromEntries(keys.map(([key, { tier, days }]) => [key, { tier, days }])),
  );
};
