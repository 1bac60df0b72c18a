// Shopify's own JavaScript library as a judge: one job per line in, one verdict per line out.
//
//   node shopify_api.mjs CLIENT_ID SECRET

import "@shopify/shopify-api/adapters/node";
import { createInterface } from "node:readline";
import { shopifyApi } from "@shopify/shopify-api";

const [apiKey, apiSecretKey] = process.argv.slice(2);
const api = shopifyApi({
  apiKey,
  apiSecretKey,
  hostName: "app.example",
  apiVersion: "2026-07",
  isEmbeddedApp: true,
  logger: { level: 0 },
});

const JUDGES = {
  oauth: ({ query }) => api.utils.validateHmac(Object.fromEntries(new URLSearchParams(query))),
  proxy: ({ query }) =>
    api.utils.validateHmac(new URLSearchParams(query), { signator: "appProxy" }),
  webhook: async ({ body, headers }) => {
    const rawRequest = { method: "POST", url: "/w", headers };
    return (await api.webhooks.validate({ rawBody: body, rawRequest, rawResponse: {} })).valid;
  },
  token: async ({ token }) => Boolean(await api.session.decodeSessionToken(token)),
  shop: ({ shop }) => api.utils.sanitizeShop(shop),
  host: ({ host }) => api.utils.sanitizeHost(host),
};

for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  let verdict;
  try {
    verdict = { says: await JUDGES[job.op](job) };
  } catch (error) {
    verdict = { says: false, error: error.constructor.name };
  }
  console.log(JSON.stringify(verdict));
}
