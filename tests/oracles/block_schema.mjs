// Checks the {% schema %} of blocks: one JSON text per line in, a list of complaints per line out.
// The settings are held against Shopify's own schemas, which theme-check ships.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import json from "vscode-json-languageservice";

const { getLanguageService, TextDocument } = json;
const here = dirname(fileURLToPath(import.meta.url));
const shipped = dirname(
  createRequire(import.meta.url).resolve("@shopify/theme-check-docs-updater/package.json"),
);
const own = readFileSync(join(here, "app_block.schema.json"), "utf8");
const service = getLanguageService({
  schemaRequestService: async (uri) => readFileSync(join(shipped, "data", basename(uri)), "utf8"),
});
const schemas = [{ uri: "file:///app_block.json", schema: JSON.parse(own), fileMatch: ["*"] }];
service.configure({ validate: true, schemas });

for await (const line of createInterface({ input: process.stdin })) {
  const document = TextDocument.create("file:///one.json", "json", 1, JSON.parse(line));
  const found = await service.doValidation(document, service.parseJSONDocument(document), {
    comments: "error",
    trailingCommas: "error",
    schemaValidation: "error",
    schemaRequest: "error",
  });
  console.log(JSON.stringify(found.map(({ message }) => message)));
}
