// What few forms meet: too many come from one place, and work is to be proven; or the app finds
// something wrong with an entry.

import type { Answer, Host } from "./contract.ts";
import { say } from "./say.ts";

/** What the app asks for; see `plugin/services/proof_of_work.py`. */
interface Task {
  readonly task: string;
  readonly salt: string;
  readonly bits: number;
  readonly parts: number;
}

/** A stretch of trying takes about this long, in milliseconds; then the page has its turn. */
const STRETCH_MS = 10;
const MOST_AT_ONCE = 256;

const turn = () => new Promise((done) => setTimeout(done));

/** Whether a hash begins with so many zero bits. */
const begins = (hash: ArrayBuffer, bits: number) =>
  new DataView(hash).getUint32(0) >>> (32 - bits) === 0;

/** Finds one number for each part of a task, a stretch at a time: no worker, nothing held up. */
export async function prove(asked: Task, signal: AbortSignal): Promise<string> {
  const { task, salt, bits, parts } = asked;
  const text = new TextEncoder();
  const found: (number | string)[] = [task];
  let many = 8;
  let next = 0;
  while (found.length <= parts && !signal.aborted) {
    const began = performance.now();
    const start = `${salt}.${found.length - 1}.`;
    const hashes = await Promise.all(
      Array.from({ length: many }, (_, index) =>
        crypto.subtle.digest("SHA-256", text.encode(start + (next + index))),
      ),
    );
    const hit = hashes.findIndex((hash) => begins(hash, bits));
    if (hit >= 0) found.push(next + hit);
    next = hit < 0 ? next + many : 0;
    const pace = STRETCH_MS / Math.max(performance.now() - began, 1);
    many = Math.max(1, Math.min(MOST_AT_ONCE, Math.floor(many * Math.min(pace, 2))));
    await turn();
  }
  return found.join("~");
}

/**
 * Deals with an answer that took nothing, and returns the last one: after a proof that of the same
 * form again, and 422 where `reject` has said what is wrong. Fails where a page without TLS has no
 * hashes.
 */
export default async function settle(
  host: Host,
  form: object,
  first: Answer,
  reject: (mail: string, unticked: string) => void,
): Promise<Answer> {
  let answer = first;
  if (answer.status === 428) {
    const proof = await prove(answer.data as Task, host.signal);
    answer = await host.api("subscriptions", { ...form, proof });
  }
  if (answer.status !== 422) return answer;
  const { field } = (answer.data ?? {}) as { field?: unknown };
  if (field === "email") reject(say(host, "err.form"), "");
  else if (field === "purposes") reject("", say(host, "err.tick"));
  else return { status: 0, data: null };
  return answer;
}
