// Runs Shopify's theme-check over one theme app extension and prints what it objects to as JSON.
//
//   node theme_check.mjs FOLDER
//
// It works from the data that its package ships: SHOPIFY_TLD_ROOT names a folder without any, so
// that it does not ask the network for newer ones and says the same thing every day.

import { join } from "node:path";

const folder = process.argv[2];
process.env.SHOPIFY_TLD_ROOT = join(folder, "no-data-here");
process.env.XDG_CACHE_HOME = join(folder, "..", "cache");
const { themeCheckRun } = await import("@shopify/theme-check-node");

const { offenses } = await themeCheckRun(folder, "theme-check:theme-app-extension");
const told = offenses.map(({ check, message, uri }) => ({
  check,
  message,
  file: uri.split("/").slice(-2).join("/"),
}));
console.log(JSON.stringify(told));
