// Lighthouse's own performance score of one page: node lighthouse.mjs PORT URL
// Its usual phone: slow 4G (150 ms, 1.6 Mbit/s) and a processor slowed by four, both simulated.
import lighthouse from "lighthouse";

const [port, url] = process.argv.slice(2);
const found = await lighthouse(url, {
  port: Number(port),
  onlyCategories: ["performance"],
  output: "json",
  logLevel: "silent",
});
const { audits, categories } = found.lhr;
console.log(
  JSON.stringify({
    score: 100 * categories.performance.score,
    lcp: audits["largest-contentful-paint"].numericValue,
    tbt: audits["total-blocking-time"].numericValue,
    cls: audits["cumulative-layout-shift"].numericValue,
  }),
);
