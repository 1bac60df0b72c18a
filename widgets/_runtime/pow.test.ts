import { createHash, webcrypto } from "node:crypto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import again, { prove } from "./pow.ts";
import { hostOf } from "./testing.ts";

const TASK = { task: "signed.text", salt: "c2FsdA", bits: 6, parts: 3 };

beforeEach(() => {
  vi.stubGlobal("crypto", webcrypto);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const zeroBits = (text: string) => {
  const hash = createHash("sha256").update(text).digest();
  return Math.clz32(hash.readUInt32BE());
};

test("a proof is the task with a number for each part, whose hash begins with zeros", async () => {
  const [task, ...numbers] = (await prove(TASK, new AbortController().signal)).split("~");
  expect(task).toBe("signed.text");
  expect(numbers).toHaveLength(3);
  for (const [part, number] of numbers.entries())
    expect(zeroBits(`c2FsdA.${part}.${number}`)).toBeGreaterThanOrEqual(6);
});

test("each number is the first one that fits, as the app itself would find it", async () => {
  const proof = await prove({ ...TASK, parts: 1 }, new AbortController().signal);
  const number = Number(proof.split("~")[1]);
  for (let before = 0; before < number; before++)
    expect(zeroBits(`c2FsdA.0.${before}`)).toBeLessThan(6);
});

test("the same form goes out again, with its own id and the proof", async () => {
  const host = hostOf("newsletter", {});
  const answer = await again(host, { id: "form-1", email: "mara@post.example" }, TASK);
  expect(answer.status).toBe(202);
  const [[path, body]] = host.seen.asked as [[string, Record<string, string>]];
  expect(path).toBe("subscriptions");
  expect(body).toMatchObject({ id: "form-1", email: "mara@post.example" });
  expect(body.proof).toMatch(/^signed\.text(~\d+){3}$/);
});

test("a page without hashes says that it did not work, and sends nothing", async () => {
  vi.stubGlobal("crypto", {});
  const host = hostOf("newsletter", {});
  const answer = await again(host, { id: "form-1" }, TASK);
  expect(answer.status).toBe(428);
  expect(host.seen.asked).toEqual([]);
});

test("a page that is left stops trying", async () => {
  const left = new AbortController();
  const trying = prove({ ...TASK, bits: 32 }, left.signal);
  setTimeout(() => left.abort(), 20);
  expect(await trying).toBe("signed.text");
});
