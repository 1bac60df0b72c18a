// Asks the app, in a way that always ends and needs no preflight.

import type { Answer } from "./contract.ts";

/** The answer of the app, or status 0 where none came within `wait` milliseconds. */
export async function request(url: string, wait: number, body?: unknown): Promise<Answer> {
  try {
    // A plain text body needs no preflight; the app reads it as JSON.
    const response = await fetch(url, {
      credentials: "omit",
      signal: AbortSignal.timeout(wait),
      ...((body && { method: "POST", body: JSON.stringify(body) }) as object | undefined),
    });
    return { status: response.status, data: await response.json().catch(() => null) };
  } catch {
    return { status: 0, data: null };
  }
}
