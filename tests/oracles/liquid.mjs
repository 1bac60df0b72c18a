// Draws a block of the extension as a shop would: one job per line in, the page per line out.
//
//   node liquid.mjs FOLDER

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Liquid } from "liquidjs";

const folder = process.argv[2];
const read = (path) => readFileSync(join(folder, path), "utf8");

function engineFor({ cdn, language, escaping }) {
  const texts = JSON.parse(read(`locales/${language === "en" ? "en.default" : language}.json`));
  const engine = new Liquid({
    strictFilters: true,
    strictVariables: false,
    templates: { placeholder: read("snippets/placeholder.liquid") },
  });
  engine.registerTag("schema", {
    parse(_tag, rest) {
      while (rest.shift().name !== "endschema");
    },
    render: () => "",
  });
  engine.registerFilter("asset_url", (file) => `${cdn}/${file}?v=16113141617`);
  engine.registerFilter("t", (key) => key.split(".").reduce((tree, part) => tree[part], texts));
  // Whether Shopify's own filter writes "<" as it is, the block must not have to know.
  engine.registerFilter("json", (value) => {
    const text = JSON.stringify(value);
    return escaping ? text.replaceAll("<", "\\u003c") : text;
  });
  return engine;
}

for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  const template = read(`blocks/${job.block}.liquid`);
  const page = await engineFor(job).parseAndRender(template, job.objects);
  console.log(JSON.stringify(page));
}
