// How conditions go together, whoever decides about each of them.

import type { Rule } from "./contract.ts";

/** Decides about one condition; null where that is not known yet. */
export type Decide = (rule: Rule) => boolean | null;

/** Conditions that are true for an instant only. */
export const MOMENTS = /^(exit|returned|idle|clicked|event)$/;

/** Whether a rule holds; null where that hangs on what is not known yet. */
export function groups(rule: Rule, decide: Decide): boolean | null {
  const [name, ...parts] = rule;
  const ask = (part: unknown) => groups(part as Rule, decide);
  if (name === "not") {
    const part = ask(parts[0]);
    return part === null ? null : !part;
  }
  if (name !== "all" && name !== "any") return decide(rule);
  const decisive = name === "any";
  const found = parts.map(ask);
  return found.includes(decisive) ? decisive : found.includes(null) ? null : !decisive;
}

/** The conditions that a rule is made of, groups left out. */
export const leaves = ([name, ...parts]: Rule): Rule[] =>
  /^(all|any|not)$/.test(name) ? parts.flatMap((part) => leaves(part as Rule)) : [[name, ...parts]];

/** Whether a text is as a pattern says, in which a star stands for anything. */
export const glob = (pattern: unknown, text: string): boolean => {
  // Both ends are marked, so that what stands before the first star begins it, and so on. Nothing
  // is ever tried twice, where a regular expression with five stars freezes a page.
  const marked = `\0${text}\0`.toLowerCase();
  let from = 0;
  return `\0${pattern}\0`
    .toLowerCase()
    .split("*")
    .every((part) => {
      const found = marked.indexOf(part, from);
      from = found + part.length;
      return found >= 0;
    });
};

/** Whether an address is as one of the patterns says: with its query where the pattern has one. */
export const at = (patterns: readonly unknown[], url: string): boolean =>
  patterns.some((one) => glob(one, `${one}`.includes("?") ? url : url.replace(/\?.*/s, "")));
