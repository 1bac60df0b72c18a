// A small quiet button at the edge of the page, for whoever thinks better of it.

import type { Close, Host } from "../_runtime/contract.ts";
import { button, cross, h } from "../_runtime/dom.ts";
import { free } from "./free.ts";

const REST_MS = 200;

/** Stands in `root` until it is used or closed; steps aside while it would cover a control. */
export function teaser(
  host: Host,
  root: HTMLElement,
  title: string,
  focus: boolean,
  open: Close,
  closed: Close,
): void {
  const over = new AbortController();
  const { signal } = over;
  const leave = (then: Close) => () => {
    over.abort();
    tab.remove();
    then();
  };
  const tab = h("div.ta", button("s", title, leave(open)), cross(host, leave(closed)));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const settle = () => {
    tab.classList.toggle("off", !free(tab.getBoundingClientRect()));
  };
  const wait = () => {
    tab.classList.add("off");
    clearTimeout(timer);
    timer = setTimeout(settle, REST_MS);
  };
  for (const name of ["scroll", "resize"]) addEventListener(name, wait, { signal });
  host.signal.addEventListener("abort", () => over.abort());
  signal.addEventListener("abort", () => clearTimeout(timer));
  root.append(tab);
  settle();
  if (focus) tab.querySelector("button")?.focus();
}
