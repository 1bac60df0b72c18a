import { createHash, webcrypto } from "node:crypto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import settle, { prove } from "./pow.ts";
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

const asked = { status: 428, data: TASK };

test("the same form goes out again, with its own id and the proof", async () => {
  const host = hostOf("newsletter", {});
  const form = { id: "form-1", email: "mara@post.example" };
  expect((await settle(host, form, asked, vi.fn())).status).toBe(202);
  const [[path, body]] = host.seen.asked as [[string, Record<string, string>]];
  expect(path).toBe("subscriptions");
  expect(body).toMatchObject(form);
  expect(body.proof).toMatch(/^signed\.text(~\d+){3}$/);
});

test("a page without hashes fails and sends nothing", async () => {
  vi.stubGlobal("crypto", {});
  const host = hostOf("newsletter", {});
  await expect(settle(host, { id: "form-1" }, asked, vi.fn())).rejects.toThrow();
  expect(host.seen.asked).toEqual([]);
});

test("what is wrong with an entry is said there, also after a proof", async () => {
  const wrong = { status: 422, data: { error: "email_throwaway", field: "email" } };
  const host = hostOf("newsletter", {}, { answer: wrong });
  for (const first of [wrong, asked]) {
    const reject = vi.fn();
    expect((await settle(host, {}, first, reject)).status).toBe(422);
    expect(reject).toHaveBeenCalledExactlyOnceWith(host.texts["err.form"], "");
  }
});

test.each([
  [{ status: 422, data: { field: "purposes" } }, 422, 1],
  [{ status: 422, data: null }, 0, 0],
  [{ status: 503, data: null }, 503, 0],
  [{ status: 0, data: null }, 0, 0],
])("of %o the form is told the rest", async (first, status, said) => {
  const reject = vi.fn();
  expect((await settle(hostOf("newsletter", {}), {}, first, reject)).status).toBe(status);
  expect(reject).toHaveBeenCalledTimes(said);
});

test("a page that is left stops trying", async () => {
  const left = new AbortController();
  const trying = prove({ ...TASK, bits: 32 }, left.signal);
  setTimeout(() => left.abort(), 20);
  expect(await trying).toBe("signed.text");
});
