// Asks the app, in a way that always ends and needs no preflight.

import type { Answer } from "./contract.ts";

/**
 * The answer of the app, or status 0 where none came within `wait` milliseconds; 0 waits as long as
 * it takes. Data that is no JSON is null.
 */
export function request(url: string, wait: number, body?: unknown): Promise<Answer> {
  return new Promise((done) => {
    // Not fetch: the first one of a page costs a slow phone more than a millisecond more.
    const asked = new XMLHttpRequest();
    asked.onloadend = () => done({ status: asked.status, data: asked.response });
    asked.open(body ? "POST" : "GET", url);
    asked.timeout = wait;
    asked.responseType = "json";
    // A plain text body needs no preflight; the app reads it as JSON.
    asked.send(body ? JSON.stringify(body) : null);
  });
}
