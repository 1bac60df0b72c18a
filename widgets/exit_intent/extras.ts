// What few campaigns need: the slim bar, a picture, the announced end, the teaser.

import type { Host } from "../_runtime/contract.ts";
import { countdown } from "./countdown.ts";
import { picture } from "./picture.ts";

export { default as css } from "./bar.css";
export { free } from "./free.ts";
export { teaser } from "./teaser.ts";
export { countdown };

/** Puts the picture below the first sentence, and the end below the claim. */
export function furnish(host: Host, content: HTMLElement, bar: boolean): void {
  const put = (below: readonly string[], node: Node | undefined) => {
    if (!node) return;
    const [above] = below.flatMap((part) => [...content.querySelectorAll(part)]);
    if (above) above.after(node);
    else content.querySelector(".sc")?.prepend(node);
  };
  put([".lead"], bar ? undefined : picture(host));
  put([".cl", ".lead"], countdown(host));
}
