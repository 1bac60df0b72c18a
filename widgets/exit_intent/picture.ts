// A picture whose place is kept free while it loads.

import type { Host } from "../_runtime/contract.ts";
import { address, h } from "../_runtime/dom.ts";
import { merchant } from "../_runtime/say.ts";

/** The merchant's picture; nothing without one. */
export function picture(host: Host): HTMLElement | undefined {
  const { url, alt, ratio } = (host.campaign.settings.picture ?? {}) as Record<string, unknown>;
  const src = address(url);
  if (!src) return undefined;
  const image = h("img.pic", { src, alt: merchant(host, alt), decoding: "async" });
  image.style.aspectRatio = `${ratio}`;
  return image;
}
